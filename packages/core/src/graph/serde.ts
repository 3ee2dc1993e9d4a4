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
  /** The bytes of a value. Never called with `null` or `undefined`, which are Kafka's null, unless `T` has no others. */
  readonly encode: (value: T, at: Coordinates) => Bytes;
}

/** Reads values. Throws when the bytes are not one; the runtime adds topic, partition and offset to the error. */
export interface Decoder<out T> {
  readonly name: string;
  readonly decode: (bytes: Bytes, at: Coordinates) => T;
  /** True when Kafka's null is one of its values (see `nullable`); `decode` itself is never called with null. */
  readonly nullable?: boolean;
  /** Fetches what the decoding of a polled batch needs (schemas by id); `undefined` when nothing is missing. */
  readonly prepare?: (batch: readonly Bytes[]) => Promise<void> | undefined;
}

/** Reads and writes values of one type. */
export interface Serde<in out T> extends Encoder<T>, Decoder<T> {
  /** True when a decoded value cannot be changed (strings, numbers), so that it may be shared without a copy. */
  readonly immutable?: boolean;
}

/** A serde of some type that the place holding it does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnySerde = Serde<any>;

/** The value type of a serde: `SerdeType<typeof string>` is `string`. */
export type SerdeType<S> = S extends Serde<infer T> ? T : never;
