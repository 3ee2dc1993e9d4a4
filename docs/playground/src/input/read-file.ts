/** Reads the records of a file: CSV with a header, JSON, or a JSON value per line. */
import type { TableRow } from '../run/messages.js';
import { parseCsv } from './csv.js';
import { beginning } from './generate.js';

/** The most records that a run takes. */
const most = 20_000;

/** The fields that hold the time of a record, and its key. */
const [times, keys] = [
  ['timestamp', 'time', 'date'],
  ['key', 'id'],
];

type Fields = Readonly<Record<string, unknown>>;

/** Returns the records of a file as rows. Throws a `TypeError` for a text that is none of the formats. */
export const rowsOfFile = (name: string, text: string): readonly TableRow[] => {
  const found = /\.csv$/i.test(name) ? parseCsv(text) : parseJson(name, text);
  if (found.length === 0) throw new TypeError(`${name} has no records`);
  if (found.length > most) {
    const [count, limit] = [found.length, most].map((one) => one.toLocaleString('en'));
    throw new TypeError(`${name} has ${count} records, but a run takes at most ${limit}: leave some out`);
  }
  return found.map(rowOf);
};

const parseJson = (name: string, text: string): readonly unknown[] => {
  try {
    const whole: unknown = JSON.parse(text);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    // The text may hold a value per line.
    return text
      .split('\n')
      .flatMap((line, n) => (line.trim() === '' ? [] : [parseLine(line, `${name}, line ${n + 1}`)]));
  }
};

const parseLine = (line: string, where: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // The message of the parser has no line of the file.
    throw new TypeError(`${where} is not JSON: write an array of records, or a record per line`);
  }
};

/** Returns the row of a record. Without a `value`, the value has all fields but `key` and the time. */
const rowOf = (record: unknown, n: number): TableRow => {
  const usualTime = String(beginning + n * 1_000);
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    return { key: '', value: cell(record), time: usualTime };
  const fields = record as Fields;
  const [key, time] = [keys, times].map((names) => names.find((one) => fields[one] !== undefined));
  const others = Object.entries(fields).filter(([field]) => field !== 'key' && field !== time);
  return {
    key: cell(key === undefined ? '' : fields[key]),
    value: cell('value' in fields ? fields.value : Object.fromEntries(others)),
    time: time === undefined ? usualTime : String(fields[time]),
  };
};

const cell = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
