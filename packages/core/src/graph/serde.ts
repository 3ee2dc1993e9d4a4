import type { Bytes } from './bytes.js';
import type { RecordHeaders } from './record.js';

/** Where bytes come from or go to, for serdes that depend on it (a schema registry, an encryption key per topic). */
export interface Coordinates {
  readonly topic: string;
  readonly headers: RecordHeaders;
}

/**
 * Writes values. A property, not a method, so that variance is sound: where an encoder of `Order` is asked for, one that
 * can write any `Order | Refund` is accepted and one that can only write `PaidOrder` is refused.
 */
export interface Encoder<in T> {
  readonly name: string;
  /**
   * The bytes of a value, which nobody changes afterwards. Throws when the value cannot be written. Never called with
   * `null` or `undefined`: they are written as Kafka's null.
   */
  readonly encode: (value: T, at: Coordinates) => Bytes;
}

/** Reads values. Throws when the bytes are not one; the runtime adds topic, partition and offset to the error. */
export interface Decoder<out T> {
  readonly name: string;
  readonly decode: (bytes: Bytes, at: Coordinates) => T;
  /** True when Kafka's null is one of its values (see `nullable`); `decode` itself is never called with null. */
  readonly nullable?: boolean;
  /**
   * True for bytes by which the format itself says null, as JSON does. `decode` refuses them, since null is Kafka's to
   * say; `nullable` reads them as null.
   */
  readonly isNull?: (bytes: Bytes) => boolean;
}

/** Reads and writes values of one type. */
export interface Serde<in out T> extends Encoder<T>, Decoder<T> {
  /** True when a decoded value cannot be changed (strings, numbers), so that it may be shared without a copy. */
  readonly immutable?: boolean;
  /**
   * True when the values are primitives, and two of them are one key of a `Map` exactly when their bytes are the same:
   * then keys are told apart by themselves and not by their bytes, which is faster.
   */
  readonly primitive?: boolean;
  /**
   * The same values in bytes whose unsigned order is the order of the values, where `encode` writes others: what
   * `tuple` and `windowed` keep of them.
   */
  readonly sortable?: Serde<T>;
}

/** A serde of some type that the place holding it does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnySerde = Serde<any>;

/** The value type of a serde: `SerdeType<typeof string>` is `string`. */
export type SerdeType<S> = S extends Serde<infer T> ? T : never;
