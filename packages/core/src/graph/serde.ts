import type { Bytes } from './bytes.js';
import type { Pending } from './pending.js';
import type { RecordHeaders } from './record.js';

/** The topic and headers of the bytes, for serdes that depend on them (a schema registry, an encryption key per topic). */
export interface Coordinates {
  readonly topic: string;
  readonly headers: RecordHeaders;
}

/** The part of a topic's records that an encoder writes. */
export interface SerdeTarget {
  readonly topic: string;
  readonly part: 'key' | 'value';
}

/**
 * Encodes values. `encode` is a property, not a method, so that variance is sound: an encoder of `Order | Refund` is an
 * encoder of `Order`, an encoder of `PaidOrder` is not.
 */
export interface Encoder<in T> {
  readonly name: string;
  /**
   * Returns the bytes of a value, which are not changed afterwards. Throws when the value cannot be encoded. Never called
   * with `null` or `undefined`, which are written as Kafka's null.
   */
  readonly encode: (value: T, at: Coordinates) => Bytes;
  /**
   * Loads the data for encoding to a topic, such as the id of a schema. Called once per topic when an application starts,
   * which fails if it rejects. `encode` may throw {@link Pending} if this is set, for a topic that was not prepared.
   */
  readonly prepare?: (at: SerdeTarget) => Promise<void>;
}

/** Decodes values. Throws when the bytes are malformed; the runtime adds topic, partition and offset to the error. */
export interface Decoder<out T> {
  readonly name: string;
  readonly decode: (bytes: Bytes, at: Coordinates) => T;
  /** True when Kafka's null is one of its values (see `nullable`); `decode` itself is never called with null. */
  readonly nullable?: boolean;
  /**
   * Returns true for bytes that mean null in the format itself, as in JSON. `decode` refuses them; `nullable` reads them as
   * null.
   */
  readonly isNull?: (bytes: Bytes) => boolean;
  /**
   * Starts to load the data for decoding a polled batch, such as schemas by id. Returns undefined if nothing is missing.
   * `decode` may throw {@link Pending} if this is set; its record is decoded again once the value is loaded.
   */
  readonly prefetch?: (batch: readonly Bytes[]) => Promise<void> | undefined;
}

/** Encodes and decodes values of one type. */
export interface Serde<in out T> extends Encoder<T>, Decoder<T> {
  /**
   * Returns what `decode` returns for the bytes of a value, and throws where `encode` throws, both without the bytes. Only of
   * serdes with values that cannot be changed, such as strings and numbers: state stores keep such values as they are and
   * encode them at the commit. Values of other serdes are encoded when they are stored.
   */
  readonly roundTrip?: (value: T, at: Coordinates) => T;
  /**
   * Returns a number of bytes that a value never exceeds, without encoding it. Only with `roundTrip`: without it, stores encode
   * each value that they keep, if the log limits the size of records.
   */
  readonly maxSize?: (value: T) => number;
  /**
   * True when the values are primitives that are equal keys of a `Map` exactly when their bytes are equal, for all topics
   * and headers. Keys are then compared as they are, which is faster than by their bytes, and a text that goes from a source
   * to a sink with the same serde keeps its bytes.
   */
  readonly primitive?: boolean;
  /**
   * A serde of the same values with bytes in the order of the values, where `encode` has another order. Used by `tuple` and
   * `windowed`.
   */
  readonly sortable?: Serde<T>;
  /**
   * Returns the bytes with which the bytes of exactly the values with a prefix begin: of strings the prefix itself, of tuples
   * their first elements. Only of serdes for which there are such bytes.
   */
  readonly encodePrefix?: (prefix: unknown, at: Coordinates) => Bytes;
  /** The serdes that this one is composed of, such as those of a tuple. They are prepared with it. */
  readonly inner?: readonly AnySerde[];
}

/** A serde of any type. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnySerde = Serde<any>;

/** The value type of a serde: `SerdeType<typeof string>` is `string`. */
export type SerdeType<S> = S extends Serde<infer T> ? T : never;

/** Returns the names of two different serdes, for errors. */
export const serdeNames = (one: AnySerde, other: AnySerde): string =>
  one.name === other.name
    ? `two objects named ${one.name}; share one if they are equal`
    : `${one.name} and ${other.name}`;

/** True when a serde or one of its inner serdes may throw {@link Pending}. */
export const mayPend = ({ inner = [], prefetch, prepare }: AnySerde): boolean =>
  prefetch !== undefined || prepare !== undefined || inner.some(mayPend);

/** Prepares a serde and its inner serdes for encoding to a topic. */
export const prepareSerde = async ({ inner = [], prepare }: AnySerde, at: SerdeTarget): Promise<void> => {
  await prepare?.(at);
  for (const serde of inner) await prepareSerde(serde, at);
};
