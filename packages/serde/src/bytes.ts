import type { Bytes, Serde } from '@kstreams/core';

/** Bytes as they are. Not copied: treat them as frozen. */
export const bytes: Serde<Bytes> = {
  name: 'bytes',
  immutable: true,
  encode: (value) => value,
  decode: (value) => value,
};
