import type { DisplayRecord, DisplayValue } from './messages.js';

const longest = 2_000;

/** Returns a value as text and as data that `postMessage` can clone. */
export const display = (value: unknown): DisplayValue => {
  const data = plain(value);
  const text = typeof value === 'string' ? value : (JSON.stringify(data) ?? String(value));
  return { text: text.length > longest ? `${text.slice(0, longest)}…` : text, data };
};

/** Returns a record for display. */
export const displayRecord = (record: {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
}): DisplayRecord => ({
  key: display(record.key),
  value: display(record.value),
  timestamp: record.timestamp,
});

/** Returns a copy that `postMessage` can clone; other values become text. */
const plain = (value: unknown): unknown => {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array)
    return `bytes ${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([key, one]) => [plain(key), plain(one)]);
  if (value instanceof Set) return [...value].map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
};
