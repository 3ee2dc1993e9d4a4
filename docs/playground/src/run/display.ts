import type { DisplayRecord, DisplayValue } from './messages.js';

const longest = 2_000;

/** Returns a value as text and as data that `postMessage` can clone. */
export const display = (value: unknown): DisplayValue => {
  const data = plain(value);
  const text = typeof value === 'string' ? value : (JSON.stringify(data) ?? String(value));
  return { text: text.length > longest ? `${text.slice(0, longest)}…` : text, data };
};

/** Returns the value of a row; that of a buffered update is the value which it holds back. */
export const displayRow = (value: unknown): DisplayValue | undefined => {
  if (value === undefined) return undefined;
  const { change } = (value ?? {}) as { readonly change?: unknown };
  return display(isChange(change) ? (change.after ?? null) : value);
};

interface Shown {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
}

/** The last record and its display: nodes that pass a record on forward the same one. */
let last: { readonly record: Shown; readonly shown: DisplayRecord } | undefined;

/** True for the update of a table: its records hold the value before and after. */
const isChange = (value: unknown): value is { readonly after: unknown } => {
  if (typeof value !== 'object' || value === null) return false;
  const { known, latest } = value as { readonly known?: unknown; readonly latest?: unknown };
  return 'after' in value && typeof known === 'boolean' && typeof latest === 'boolean';
};

/** Returns a record for display; that of a table with its new value. */
export const displayRecord = (record: Shown): DisplayRecord => {
  if (last?.record === record) return last.shown;
  const value = isChange(record.value) ? (record.value.after ?? null) : record.value;
  const shown = { key: display(record.key), value: display(value), timestamp: record.timestamp };
  last = { record, shown };
  return shown;
};

/** Returns a copy that `postMessage` can clone; other values become text. */
const plain = (value: unknown): unknown => {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return bytesText(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([key, one]) => [plain(key), plain(one)]);
  if (value instanceof Set) return [...value].map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
};

/** Returns bytes as text where all of them are printable, else in hex. */
const bytesText = (bytes: Uint8Array): string =>
  bytes.length > 0 && bytes.every((byte) => byte >= 32 && byte < 127)
    ? String.fromCharCode(...bytes)
    : `bytes ${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
