import {
  type AnySerde,
  type Bytes,
  type Coordinates,
  Pending,
  packElements,
  reasonOf,
  type Serde,
  SerdeCache,
  type SerdeType,
  unpackElement,
} from '@kstreams/core/graph';
import { describeValue, fail } from './errors.js';

/** The value types of the serdes of a tuple. */
type Values<S extends readonly AnySerde[]> = { -readonly [I in keyof S]: SerdeType<S[I]> };

/**
 * Creates a serde of arrays with one value per serde, for keys of several parts.
 *
 * The unsigned byte order is the order of the values, by the first element first, so keys with equal leading elements are
 * adjacent. Numbers sort by size, strings by code point, false before true, null first.
 *
 * Each element is written by its serde (by its `sortable` form if it has one) with zero bytes as `00 ff`, then `00 01`.
 * A null is `00 00`.
 *
 * Calls with the same serdes return the same object.
 *
 * @throws SerdeError with the index of the element that its serde refuses, for another number of values, and for bytes
 * that hold fewer or more elements.
 *
 * @example
 * const byStateAndDay = tuple(string, int32) // Serde<[string, number]>
 */
export const tuple = <const S extends readonly AnySerde[]>(...serdes: S): Serde<Values<S>> =>
  created.get(serdes, () => createTuple(serdes));

const created = new SerdeCache();

const createTuple = <const S extends readonly AnySerde[]>(serdes: S): Serde<Values<S>> => {
  const name = `tuple(${serdes.map((serde) => serde.name).join(', ')})`;
  const elements = serdes.map(sortableOf);
  return {
    name,
    inner: elements,
    encode: (values, at) => {
      const given = checkedArray(values, at);
      if (given.length !== serdes.length) return fail(`expected ${serdes.length} values, not ${given.length}`, at);
      return packed(elements, given, at);
    },
    encodePrefix: (prefix, at) => {
      const given = checkedArray(prefix, at);
      if (given.length > serdes.length)
        return fail(`expected at most ${serdes.length} values, not ${given.length}`, at);
      return packed(elements.slice(0, given.length), given, at);
    },
    decode: (bytes, at) => {
      const values: unknown[] = [];
      let from = 0;
      try {
        for (const serde of elements) {
          const { element, next } = unpackElement(bytes, from) ?? noElement(from);
          values.push(element === null ? checkedNull(serde, null) : serde.decode(element, at));
          from = next;
        }
      } catch (thrown) {
        if (thrown instanceof Pending) throw thrown;
        return fail(`element ${values.length}: ${reasonOf(thrown)}`, at, thrown);
      }
      if (from !== bytes.length) return fail(`${bytes.length - from} bytes follow the last element`, at);
      return values as Values<S>;
    },
  };
};

const checkedArray = (given: unknown, at: Coordinates): readonly unknown[] =>
  Array.isArray(given) ? given : fail(`expected an array, not ${describeValue(given)}`, at);

/** Encodes one value per serde. */
const packed = (serdes: readonly AnySerde[], values: readonly unknown[], at: Coordinates): Bytes => {
  const encoded: (Bytes | null)[] = [];
  try {
    for (const serde of serdes) {
      const value = values[encoded.length];
      encoded.push(value === null || value === undefined ? checkedNull(serde, value) : serde.encode(value, at));
    }
  } catch (thrown) {
    if (thrown instanceof Pending) throw thrown;
    return fail(`element ${encoded.length}: ${reasonOf(thrown)}`, at, thrown);
  }
  return packElements(encoded);
};

/** Returns the sortable form of a serde, nullable if the serde is. */
const sortableOf = (serde: AnySerde): AnySerde =>
  serde.sortable === undefined ? serde : { ...serde.sortable, nullable: serde.nullable === true };

const checkedNull = ({ name, nullable }: AnySerde, value: null | undefined): null => {
  if (value === null && nullable === true) return null;
  throw new TypeError(`${name} does not allow ${value}${value === null ? ': wrap it in nullable' : ''}`);
};

const noElement = (from: number): never => {
  throw new TypeError(`no complete element starts at byte ${from}`);
};
