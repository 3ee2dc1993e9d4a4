import type { Bytes } from '../graph/bytes.js';
import type { Change } from '../graph/change.js';
import { packElements, unpackElement } from '../graph/elements.js';
import { SerdeError } from '../graph/errors.js';
import { encodeTimestamp, readTimestamp } from '../graph/ordered.js';
import type { RecordHeaders } from '../graph/record.js';
import type { Serde } from '../graph/serde.js';
import { fromUtf8, toUtf8 } from '../graph/utf8.js';
import { changeSerde } from './change-serde.js';

/** An update of a table's row that has not been handed on yet. */
export interface Held<V> {
  readonly change: Change<V>;
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** A held update as bytes: change, timestamp, then the names and values of its headers, in turn. */
export const heldSerde = <V>(value: Serde<V>): Serde<Held<V>> => {
  const changes = changeSerde(value);
  return {
    name: `held ${value.name}`,
    encode: ({ change, headers, timestamp }, at) =>
      packElements([
        changes.encode(change, at),
        encodeTimestamp(timestamp),
        ...headers.flatMap(([name, value]) => [toUtf8(name), value]),
      ]),
    decode: (bytes, at) => {
      const [change, timestamp, ...headers] = elementsOf(bytes);
      if (change === undefined || timestamp?.length !== 8 || headers.length % 2 !== 0) {
        throw new SerdeError('the bytes are not a held update', { topic: at.topic });
      }
      return {
        change: changes.decode(change, at),
        timestamp: readTimestamp(timestamp),
        headers: pairs(headers).map(([name, value]) => [fromUtf8(name), value] as const),
      };
    },
  };
};

const elementsOf = (bytes: Bytes): Bytes[] => {
  const elements: Bytes[] = [];
  for (let at = 0; at < bytes.length; ) {
    const unpacked = unpackElement(bytes, at);
    if (unpacked === undefined || unpacked.element === null) return [];
    elements.push(unpacked.element);
    at = unpacked.next;
  }
  return elements;
};

const pairs = (elements: readonly Bytes[]): (readonly [Bytes, Bytes])[] =>
  Array.from({ length: elements.length / 2 }, (_, i) => [elements[2 * i] as Bytes, elements[2 * i + 1] as Bytes]);
