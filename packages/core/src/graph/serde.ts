import type { Bytes } from './bytes.js';
import type { RecordHeaders } from './record.js';

/** The topic and headers of the bytes, for serdes that depend on them (a schema registry, an encryption key per topic). */
export interface Coordinates {
  readonly topic: string;
  readonly headers: RecordHeaders;
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
}

/** Encodes and decodes values of one type. */
export interface Serde<in out T> extends Encoder<T>, Decoder<T> {
  /** True when a decoded value cannot be changed (strings, numbers), so that it may be shared without a copy. */
  readonly immutable?: boolean;
  /**
   * True when the values are primitives that are equal keys of a `Map` exactly when their bytes are equal. Keys are then
   * compared as they are, which is faster than by their bytes.
   */
  readonly primitive?: boolean;
  /**
   * A serde of the same values with bytes in the order of the values, where `encode` has another order. Used by `tuple` and
   * `windowed`.
   */
  readonly sortable?: Serde<T>;
}

/** A serde of any type. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnySerde = Serde<any>;

/** The value type of a serde: `SerdeType<typeof string>` is `string`. */
export type SerdeType<S> = S extends Serde<infer T> ? T : never;
