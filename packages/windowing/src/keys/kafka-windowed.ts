import { type Duration, type Serde, SerdeError, toMilliseconds } from '@kstreams/core/graph';
import { readBound, writeBound } from './kafka-bounds.js';
import type { Windowed } from './windowed.js';

/**
 * Windowed keys in the bytes of Kafka Streams' `TimeWindowedSerializer`, for topics shared with its applications: the key,
 * then the start in eight bytes. The end is not written, so all windows of the topic must have one `size`: that of
 * tumbling and hopping windows, the difference of sliding ones.
 *
 * @throws SerdeError for a window of another size, or one that starts before 1970.
 *
 * @example
 * const totals = topic('totals', { key: kafkaWindowed(string, { size: '5m' }), value: double })
 */
export const kafkaWindowed = <K>(key: Serde<K>, { size }: { readonly size: Duration }): Serde<Windowed<K>> => {
  const length = toMilliseconds(size, 'the size of windows');
  return {
    name: `kafka-windowed ${length} ms ${key.name}`,
    encode: (window, at) => {
      const { start, end } = window;
      if (end - start !== length)
        throw new SerdeError(`a window from ${start} to ${end} is not ${length} ms long`, { topic: at.topic });
      const inner = key.encode(window.key, at);
      const bytes = new Uint8Array(inner.length + 8);
      bytes.set(inner);
      writeBound(bytes, inner.length, start, at);
      return bytes;
    },
    decode: (bytes, at) => {
      const start = readBound(bytes, bytes.length - 8, at);
      return { key: key.decode(bytes.subarray(0, -8), at), start, end: start + length };
    },
  };
};
