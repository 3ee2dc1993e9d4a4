/** Rows that are few and read by people looking for a fault are kept as JSON. */
import { type Bytes, fromUtf8, toUtf8 } from '@kstreams/core';

/** A value as the bytes of its JSON. */
export const toJson = (value: object): Bytes => toUtf8(JSON.stringify(value));

/** The value of bytes that {@link toJson} made. */
export const fromJson = <V>(bytes: Bytes): V => JSON.parse(fromUtf8(bytes)) as V;
