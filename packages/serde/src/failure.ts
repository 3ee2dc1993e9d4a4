import { type Bytes, type Coordinates, SerdeError } from '@kstreams/core';

/** The error for a value or bytes that a serde cannot take; says where it was going or came from. */
export const refuse = (serde: string, why: string, { topic }: Coordinates, cause?: unknown): never => {
  throw new SerdeError(`${serde}: ${why}`, { topic }, cause);
};

/** Refuses bytes that are not as many as they must be. */
export const checkLength = (serde: string, bytes: Bytes, length: number, at: Coordinates): void => {
  if (bytes.length !== length) refuse(serde, `expected ${length} bytes, got ${bytes.length}`, at);
};

/** A view of bytes for reading and writing numbers. */
export const viewOf = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
