import {
  type Bytes,
  type Coordinates,
  checkOptions,
  type Duration,
  type OptionChecks,
  option,
  type Serde,
  SerdeCache,
  SerdeError,
  toMilliseconds,
} from '@kstreams/core/graph';
import type { Windowed } from './windowed.js';

/** The options of `kafkaWindowed`. */
export interface KafkaWindowedOptions {
  /** The length of every window of the topic. */
  readonly size: Duration;
}

const checks: OptionChecks<KafkaWindowedOptions> = { size: option.required(option.duration) };

/**
 * Creates a serde of windowed keys with the bytes of Kafka Streams' `TimeWindowedSerializer`, for shared topics: the key,
 * then the start in eight bytes. The end is not written, so all windows of the topic must have one `size`: the size of
 * tumbling and hopping windows, the difference of sliding ones.
 *
 * Calls with the same serde and size return the same object.
 *
 * @throws SerdeError for a window of another size, or one that starts before 1970.
 *
 * @example
 * const totals = topic('totals', { key: kafkaWindowed(string, { size: '5m' }), value: double })
 */
export const kafkaWindowed = <K>(key: Serde<K>, options: KafkaWindowedOptions): Serde<Windowed<K>> => {
  checkOptions('kafkaWindowed', options, checks);
  const length = toMilliseconds(options.size, 'the size of windows');
  return kafkaWindows.get([key, length], () => createKafkaWindowed(key, length));
};

const kafkaWindows = new SerdeCache();

const createKafkaWindowed = <K>(key: Serde<K>, length: number): Serde<Windowed<K>> => {
  return {
    name: `kafka-windowed ${length} ms ${key.name}`,
    inner: [key],
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

/**
 * Creates a serde of session keys with the bytes of Kafka Streams' `SessionWindowedSerializer`, for shared topics: the key,
 * then the end and the start in eight bytes each.
 *
 * Calls with the same serde return the same object.
 *
 * @throws SerdeError for a session that ends before it starts, or starts before 1970.
 *
 * @example
 * const visits = topic('visits', { key: kafkaSession(string), value: countSerde })
 */
export const kafkaSession = <K>(key: Serde<K>): Serde<Windowed<K>> =>
  kafkaSessions.get([key], () => createKafkaSession(key));

const kafkaSessions = new SerdeCache();

const createKafkaSession = <K>(key: Serde<K>): Serde<Windowed<K>> => {
  return {
    name: `kafka-session ${key.name}`,
    inner: [key],
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

/** Writes a bound as Kafka Streams does: eight bytes, big-endian, never negative. */
const writeBound = (bytes: Bytes, offset: number, bound: number, { topic }: Coordinates): void => {
  if (!Number.isSafeInteger(bound) || bound < 0)
    throw new SerdeError(`${bound} is not a bound of a Kafka Streams window: use whole ms since 1970`, { topic });
  viewOf(bytes).setBigInt64(offset, BigInt(bound));
};

/** Reads a bound of eight bytes. */
const readBound = (bytes: Bytes, offset: number, { topic }: Coordinates): number => {
  if (offset < 0) throw new SerdeError('a windowed key of Kafka Streams is a key and its bounds', { topic });
  const bound = Number(viewOf(bytes).getBigInt64(offset));
  if (!Number.isSafeInteger(bound) || bound < 0)
    throw new SerdeError('the bounds of a windowed key are whole ms since 1970', { topic });
  return bound;
};

const viewOf = ({ buffer, byteOffset, byteLength }: Bytes): DataView => new DataView(buffer, byteOffset, byteLength);
