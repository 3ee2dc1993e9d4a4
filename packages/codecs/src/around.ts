import type { Bytes, Coordinates, Serde, SerdeTarget } from '@kstreams/core/graph';

/** A change of the bytes of a serde. */
export interface Layer {
  readonly name: string;
  /** Returns the bytes to write. */
  readonly seal: (bytes: Bytes, at: Coordinates) => Bytes;
  /** Returns the bytes for the inner serde. */
  readonly open: (bytes: Bytes, at: Coordinates) => Bytes;
  /** Starts to load the data for decoding a batch. */
  readonly prefetch?: (batch: readonly Bytes[]) => Promise<void> | undefined;
  /** Loads the data for encoding to a topic. */
  readonly prepare?: (at: SerdeTarget) => Promise<void>;
}

/** Returns a serde that changes the bytes of another one. */
export const around = <T>(serde: Serde<T>, { name, open, prefetch, prepare, seal }: Layer): Serde<T> => ({
  name: `${name} ${serde.name}`,
  encode: (value, at) => seal(serde.encode(value, at), at),
  decode: (bytes, at) => serde.decode(open(bytes, at), at),
  inner: [serde],
  ...(serde.nullable !== undefined && { nullable: serde.nullable }),
  ...(prefetch && { prefetch }),
  ...(prepare && { prepare }),
});
