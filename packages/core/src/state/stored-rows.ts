import { type Bytes, checkedBytes } from '../graph/bytes.js';
import { reasonOf, StateError } from '../graph/errors.js';
import { Pending } from '../graph/pending.js';
import { isPromise } from '../graph/promise.js';
import type { Coordinates, Serde } from '../graph/serde.js';
import type { Row, StoreAccess } from '../graph/store.js';

declare const valueType: unique symbol;

/** A row as a store keeps it: with its value, or with the bytes of its value. Read it with the format that made it. */
export interface StoredRow<out V> {
  readonly timestamp: number;
  readonly [valueType]?: V;
}

/** Makes and reads the rows of a store. */
export interface StoredRows<in out V> {
  /** Returns a row of a value. Throws when the value cannot be encoded. */
  readonly store: (value: V, timestamp: number) => StoredRow<V>;
  /** Returns a row of encoded bytes. */
  readonly load: (bytes: Bytes, timestamp: number) => StoredRow<V>;
  /** Returns a row with its value, which is shared and must not be changed. */
  readonly read: (row: StoredRow<V>) => Row<V>;
  /** Returns the value of a row to be changed in place: a copy, unless it cannot be changed. */
  readonly copy: (row: StoredRow<V>) => V;
  /** Returns the bytes of a row's value. */
  readonly encode: (row: StoredRow<V>) => Bytes;
  /** Returns a number of bytes that a row's value never exceeds, without encoding it. */
  readonly maxSize: (row: StoredRow<V>) => number;
  /** Changes a row in place, as `store` makes one. Only for rows that no reader has. */
  readonly change?: (row: StoredRow<V>, value: V, timestamp: number) => void;
}

/**
 * Returns the rows of a serde's values. A stored value is read as the serde decodes it, so a restart changes no value, and
 * changing the stored object changes no row. A value that cannot be encoded fails the record that stores it.
 *
 * Values of a serde with `roundTrip` are kept as they are and encoded at the commit. Others are encoded when they are stored;
 * the bytes are kept for the commit and decoded at the first read.
 *
 * @throws StateError with the store's name for a value that cannot be encoded or decoded.
 */
export const storedRows = <V>(store: string, serde: Serde<V>, access: StoreAccess): StoredRows<V> => {
  const at: Coordinates = { topic: access.topic, headers: [] };
  return serde.roundTrip === undefined
    ? encodedRows(store, serde, at, access.freeze)
    : plainRows(store, serde, serde.roundTrip, at);
};

type Mutable<T> = { -readonly [P in keyof T]: T[P] };

const plainRows = <V>(
  store: string,
  { decode, encode, maxSize = () => Number.POSITIVE_INFINITY }: Serde<V>,
  roundTrip: NonNullable<Serde<V>['roundTrip']>,
  at: Coordinates,
): StoredRows<V> => {
  const kept = (value: V): V => {
    try {
      return roundTrip(value, at);
    } catch (thrown) {
      throw encodeError(store, value, thrown);
    }
  };
  return {
    store: (value, timestamp) => ({ value: kept(value), timestamp }),
    change: (row, value, timestamp) => {
      const changed = row as Mutable<Row<V>>;
      changed.value = kept(value);
      changed.timestamp = timestamp;
    },
    load: (bytes, timestamp) => {
      try {
        return { value: decode(bytes, at), timestamp };
      } catch (thrown) {
        throw decodeError(store, thrown);
      }
    },
    read: (row) => row as Row<V>,
    copy: (row) => (row as Row<V>).value,
    encode: (row) => checkedBytes(encode((row as Row<V>).value, at)),
    maxSize: (row) => maxSize((row as Row<V>).value),
  };
};

/** A row with the bytes of its value. */
interface EncodedRow<V> extends StoredRow<V> {
  readonly bytes: Bytes;
  /** Set by the first read. */
  read: Row<V> | undefined;
}

const encodedRows = <V>(
  store: string,
  serde: Serde<V>,
  at: Coordinates,
  freeze: StoreAccess['freeze'],
): StoredRows<V> => {
  const decode = ({ bytes }: EncodedRow<V>): V => {
    try {
      return serde.decode(bytes, at);
    } catch (thrown) {
      throw decodeError(store, thrown);
    }
  };
  const load = (bytes: Bytes, timestamp: number): EncodedRow<V> => ({ bytes, timestamp, read: undefined });
  return {
    store: (value, timestamp) => {
      try {
        const row = load(checkedBytes(serde.encode(value, at)), timestamp);
        freeze?.(value);
        return row;
      } catch (thrown) {
        throw encodeError(store, value, thrown);
      }
    },
    load,
    read: (stored) => {
      const row = stored as EncodedRow<V>;
      if (row.read === undefined) {
        row.read = { value: decode(row), timestamp: row.timestamp };
        freeze?.(row.read.value);
      }
      return row.read;
    },
    copy: (row) => decode(row as EncodedRow<V>),
    encode: (row) => (row as EncodedRow<V>).bytes,
    maxSize: (row) => (row as EncodedRow<V>).bytes.length,
  };
};

/** The format of a store's own bookkeeping. */
export interface InternalFormat<V> {
  readonly encode: (value: V) => Bytes;
  readonly decode: (bytes: Bytes) => V;
  /** Returns a number of bytes that a value never exceeds, without encoding it. */
  readonly maxSize: (value: V) => number;
}

/** Returns the rows of a store's own bookkeeping, such as lists of rows. It is never shared with users. */
export const internalRows = <V>({ decode, encode, maxSize }: InternalFormat<V>): StoredRows<V> => ({
  store: (value, timestamp) => ({ value, timestamp }),
  load: (bytes, timestamp) => ({ value: decode(bytes), timestamp }),
  read: (row) => row as Row<V>,
  copy: (row) => (row as Row<V>).value,
  encode: (row) => encode((row as Row<V>).value),
  maxSize: (row) => maxSize((row as Row<V>).value),
});

const encodeError = (store: string, value: unknown, thrown: unknown): unknown => {
  if (thrown instanceof Pending) return thrown;
  const reason = isPromise(value) ? 'the function that made it returns a promise: use mapAsync' : reasonOf(thrown);
  return new StateError(`store "${store}" cannot encode a value: ${reason}`, {}, thrown);
};

const decodeError = (store: string, thrown: unknown): unknown =>
  thrown instanceof Pending
    ? thrown
    : new StateError(`store "${store}" cannot decode a row: ${reasonOf(thrown)}`, {}, thrown);
