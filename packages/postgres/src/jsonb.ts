import { bytesToId, type ReadableFields, toUtf8 } from '@kstreams/core/graph';

/** Escapes of characters that `jsonb` cannot hold: U+0000 and halves of surrogate pairs. */
const unheld = /\\u(?:0000|d[89a-f])/;

/** Returns a row for `jsonb`. A key or value that it cannot hold is `{ "$json": … }`, its JSON text in base64. */
export const jsonbOf = (fields: ReadableFields): string => {
  const text = JSON.stringify(fields);
  return unheld.test(text) ? JSON.stringify({ ...fields, key: held(fields.key), value: held(fields.value) }) : text;
};

const held = (value: unknown): unknown => {
  const text = JSON.stringify(value);
  return unheld.test(text) ? { $json: btoa(bytesToId(toUtf8(text))) } : value;
};
