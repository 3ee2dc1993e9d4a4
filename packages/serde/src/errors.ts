import { type Bytes, type Coordinates, SerdeError } from '@kstreams/core/graph';

/** Throws the `SerdeError` of a value or of bytes, with their topic. */
export const fail = (reason: string, { topic }: Coordinates, cause?: unknown): never => {
  throw new SerdeError(reason, { topic }, cause);
};

/** Checks the length of encoded bytes. */
export const checkLength = (name: string, bytes: Bytes, length: number, at: Coordinates): void => {
  if (bytes.length === length) return;
  fail(`${name} has ${length === 1 ? '1 byte' : `${length} bytes`}, not ${bytes.length}`, at);
};

/** Returns a short description of any value, for error messages. Never throws. */
export const describeValue = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value instanceof Promise) return 'a promise';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};
