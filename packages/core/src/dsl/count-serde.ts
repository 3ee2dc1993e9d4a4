import type { Bytes } from '../graph/bytes.js';
import { SerdeError } from '../graph/errors.js';
import type { Serde } from '../graph/serde.js';

const length = 8;
const view = new DataView(new ArrayBuffer(length));
const bytesOfView = new Uint8Array(view.buffer);

/** The bytes of small counts, which are made once: most counts of windows are small. */
const small: Bytes[] = [];
const smallCounts = 1_024;

/**
 * The serde of counts, and the default of `count()`: eight bytes, big-endian, as Kafka Streams writes its `Long`s.
 *
 * @throws SerdeError for a number that is not a safe integer, or bytes of another length.
 *
 * @example
 * const visits = topic('visits', { key: string, value: countSerde })
 */
export const countSerde: Serde<number> = {
  name: 'count',
  primitive: true,
  roundTrip: (count, { topic }) => {
    checkCount(count, topic);
    return count + 0; // 0 for -0
  },
  maxSize: () => length,
  encode: (count, { topic }) => {
    checkCount(count, topic);
    return count >= 0 && count < smallCounts ? (small[count] ??= bytesOf(count)) : bytesOf(count);
  },
  decode: (bytes, { topic }) => {
    if (bytes.length !== length) throw new SerdeError(`a count has ${length} bytes, not ${bytes.length}`, { topic });
    bytesOfView.set(bytes);
    const count = view.getInt32(0) * 2 ** 32 + view.getUint32(4);
    if (!Number.isSafeInteger(count)) throw new SerdeError(`${view.getBigInt64(0)} is not a safe integer`, { topic });
    return count;
  },
};

const bytesOf = (count: number): Bytes => {
  view.setInt32(0, Math.floor(count / 2 ** 32));
  view.setUint32(4, count >>> 0);
  return new Uint8Array(bytesOfView);
};

const checkCount = (count: number, topic: string): void => {
  if (!Number.isSafeInteger(count)) throw new SerdeError(`${String(count)} is not a count`, { topic });
};
