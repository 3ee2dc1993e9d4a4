/** Rows that are few and read by people looking for a fault are kept as JSON. */
import { type Bytes, fromUtf8, TransportError, toUtf8 } from '@kstreams/core/graph';

/** A value as the bytes of its JSON. */
export const toJson = (value: object): Bytes => toUtf8(JSON.stringify(value));

/** The value of bytes that {@link toJson} made, with these fields; throws a TransportError for others. */
export const fromJson = <V>(bytes: Bytes, ...fields: readonly (keyof V & string)[]): V => {
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes));
    if (typeof value === 'object' && value !== null && fields.every((field) => field in value)) return value as V;
  } catch (thrown) {
    throw damaged(thrown);
  }
  throw damaged();
};

const damaged = (cause?: unknown): TransportError =>
  new TransportError(
    'a row of the embedded log is not as it was written: remove its folder, or bring back a copy',
    {},
    cause,
  );
