import { type Bytes, type Coordinates, SerdeError } from '@kstreams/core/graph';

/** The error for a value or bytes that a serde cannot take; says where it was going or came from. */
export const refuse = (why: string, { topic }: Coordinates, cause?: unknown): never => {
  throw new SerdeError(why, { topic }, cause);
};

/** Refuses bytes that are not as many as they must be. */
export const checkLength = (what: string, bytes: Bytes, length: number, at: Coordinates): void => {
  if (bytes.length === length) return;
  refuse(`${what} has ${length === 1 ? '1 byte' : `${length} bytes`}, not ${bytes.length}`, at);
};

/** A value in an error message: short, and never itself a reason to throw. */
export const inWords = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value instanceof Promise) return 'a promise';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};
