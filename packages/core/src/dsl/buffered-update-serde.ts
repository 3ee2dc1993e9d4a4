import type { Bytes } from '../graph/bytes.js';
import type { Change } from '../graph/change.js';
import { maxPackedSize, packElements, unpackElement } from '../graph/element-bytes.js';
import { SerdeError } from '../graph/errors.js';
import type { RecordHeaders } from '../graph/record.js';
import type { Serde } from '../graph/serde.js';
import { encodeTimestamp, readTimestamp, timestampLength } from '../graph/timestamp-bytes.js';
import { fromUtf8, toUtf8 } from '../graph/utf8.js';
import { changeSerde } from './change-serde.js';

/** An update of a table's row that is not forwarded yet. */
export interface BufferedUpdate<V> {
  readonly change: Change<V>;
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** Bytes of a buffered update: change, timestamp, then the name and value of each header. */
export const bufferedUpdateSerde = <V>(value: Serde<V>): Serde<BufferedUpdate<V>> => {
  const changes = changeSerde(value);
  const { maxSize, roundTrip } = changes;
  return {
    name: `buffered ${value.name}`,
    inner: [value],
    ...(roundTrip && {
      roundTrip: (update, at) => {
        const change = roundTrip(update.change, at);
        return change === update.change ? update : { ...update, change };
      },
    }),
    ...(maxSize && {
      maxSize: ({ change, headers }) => maxPackedSize([maxSize(change), timestampLength], headers),
    }),
    encode: ({ change, headers, timestamp }, at) =>
      packElements([
        changes.encode(change, at),
        encodeTimestamp(timestamp),
        ...headers.flatMap(([name, value]) => [toUtf8(name), value]),
      ]),
    decode: (bytes, at) => {
      const [change, timestamp, ...headers] = elementsOf(bytes);
      if (change === undefined || change === null || timestamp?.length !== 8 || headers.length % 2 !== 0) {
        throw new SerdeError('the bytes are not a buffered update', { topic: at.topic });
      }
      return {
        change: changes.decode(change, at),
        timestamp: readTimestamp(timestamp),
        headers: pairs(headers).map(([name, value]) => [fromUtf8(name as Bytes), value] as const),
      };
    },
  };
};

const elementsOf = (bytes: Bytes): (Bytes | null)[] => {
  const elements: (Bytes | null)[] = [];
  for (let at = 0; at < bytes.length; ) {
    const unpacked = unpackElement(bytes, at);
    if (unpacked === undefined) return [];
    elements.push(unpacked.element);
    at = unpacked.next;
  }
  return elements;
};

const pairs = <E>(elements: readonly E[]): (readonly [E, E])[] =>
  Array.from({ length: elements.length / 2 }, (_, i) => [elements[2 * i] as E, elements[2 * i + 1] as E]);
