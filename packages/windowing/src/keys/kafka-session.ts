import { type Serde, SerdeError } from '@kstreams/core/graph';
import { readBound, writeBound } from './kafka-bounds.js';
import type { Windowed } from './windowed.js';

/**
 * Keys of sessions in the bytes of Kafka Streams' `SessionWindowedSerializer`, for topics shared with its applications:
 * the key, then the end and the start in eight bytes each.
 *
 * @throws SerdeError for a session that ends before it starts, or starts before 1970.
 *
 * @example
 * const visits = topic('visits', { key: kafkaSession(string), value: int64 })
 */
export const kafkaSession = <K>(key: Serde<K>): Serde<Windowed<K>> => {
  return {
    name: `kafka-session ${key.name}`,
    encode: (window, at) => {
      const { start, end } = window;
      if (start > end)
        throw new SerdeError(`a session from ${start} to ${end} ends before it starts`, { topic: at.topic });
      const inner = key.encode(window.key, at);
      const bytes = new Uint8Array(inner.length + 16);
      bytes.set(inner);
      writeBound(bytes, inner.length, end, at);
      writeBound(bytes, inner.length + 8, start, at);
      return bytes;
    },
    decode: (bytes, at) => {
      const end = readBound(bytes, bytes.length - 16, at);
      const start = readBound(bytes, bytes.length - 8, at);
      if (start > end)
        throw new SerdeError(`a session from ${start} to ${end} ends before it starts`, { topic: at.topic });
      return { key: key.decode(bytes.subarray(0, -16), at), start, end };
    },
  };
};
