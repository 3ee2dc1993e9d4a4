import {
  type AnySerde,
  type Bytes,
  packElements,
  reasonOf,
  type Serde,
  type SerdeType,
  unpackElement,
} from '@kstreams/core/graph';
import { inWords, refuse } from './failure.js';

/** The values of the serdes of a tuple. */
type Values<S extends readonly AnySerde[]> = { -readonly [I in keyof S]: SerdeType<S[I]> };

/**
 * Several values as one key. The unsigned order of the bytes is the order of the values, the first element first, so that
 * a scan by leading elements is one range: numbers by size, texts by code point, false before true, null before all else.
 *
 * Each element is written as by its serde (by its `sortable` form where it has one), with a zero byte as 0x00 0xff, and
 * ended by 0x00 0x01; a null is 0x00 0x00.
 *
 * @example
 * const byStateAndDay = tuple(string, int32) // Serde<[string, number]>
 */
export const tuple = <const S extends readonly AnySerde[]>(...serdes: S): Serde<Values<S>> => {
  const name = `tuple(${serdes.map((serde) => serde.name).join(', ')})`;
  const elements = serdes.map(sortableOf);
  return {
    name,
    encode: (values, at) => {
      const given: unknown = values;
      if (!Array.isArray(given)) return refuse(`expected an array, not ${inWords(given)}`, at);
      if (given.length !== serdes.length) return refuse(`expected ${serdes.length} values, not ${given.length}`, at);
      const encoded: (Bytes | null)[] = [];
      try {
        for (const serde of elements) {
          const value = given[encoded.length];
          encoded.push(value === null || value === undefined ? allowedNull(serde, value) : serde.encode(value, at));
        }
      } catch (thrown) {
        return refuse(`element ${encoded.length}: ${reasonOf(thrown)}`, at, thrown);
      }
      return packElements(encoded);
    },
    decode: (bytes, at) => {
      const values: unknown[] = [];
      let from = 0;
      try {
        for (const serde of elements) {
          const { element, next } = unpackElement(bytes, from) ?? noElement(from);
          values.push(element === null ? allowedNull(serde, null) : serde.decode(element, at));
          from = next;
        }
      } catch (thrown) {
        return refuse(`element ${values.length}: ${reasonOf(thrown)}`, at, thrown);
      }
      if (from !== bytes.length) return refuse(`${bytes.length - from} bytes follow the last element`, at);
      return values as Values<S>;
    },
  };
};

/** The serde whose bytes sort; null is one of its values where it was. */
const sortableOf = (serde: AnySerde): AnySerde =>
  serde.sortable === undefined ? serde : { ...serde.sortable, nullable: serde.nullable === true };

/** A null, where it is one of the serde's values. */
const allowedNull = ({ name, nullable }: AnySerde, value: null | undefined): null => {
  if (value === null && nullable === true) return null;
  throw new TypeError(`${name} does not allow ${value}`);
};

const noElement = (from: number): never => {
  throw new TypeError(`no element ends properly from byte ${from} on`);
};
