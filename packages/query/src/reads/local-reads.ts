import {
  type Isolation,
  messageOf,
  Pending,
  type Row,
  reasonOf,
  retryPending,
  StateError,
  StreamsError,
  toTypedJson,
} from '@kstreams/core/graph';
import type { HeldRows, LocalStore } from '@kstreams/runtime';
import type { StaleBody } from '../protocol/bodies.js';
import { Problem, unavailable } from '../service/problem.js';
import { type Held, isCopy } from './held-rows.js';
import { mergeScans } from './merge-scans.js';
import type { PageEnd } from './page-token.js';
import type { GetQuery, ScanQuery } from './query.js';

/** A row as JSON text with its place. */
export interface PlacedRow extends PageEnd {
  readonly json: string;
}

/** The rows of a page. */
export interface Page {
  readonly rows: readonly PlacedRow[];
  /** True when rows may follow. */
  readonly more: boolean;
  /** The copies that were read. */
  readonly stale: readonly StaleBody[];
}

/** A row as JSON text, and the copy that it was read from. */
export interface FoundRow {
  readonly json: string;
  readonly stale: readonly StaleBody[];
}

/** Returns the partition of a key. */
export const partitionOf = (store: LocalStore, key: unknown): number => encoding(() => store.partitionOf(key));

/** Resolves to the row of a key in its partition as JSON text; undefined without one. */
export const readRow = async (
  store: LocalStore,
  one: HeldRows,
  { isolation, key }: GetQuery,
): Promise<string | undefined> => {
  const row = await (isCopy(one) ? retryPending(() => store.readIn(one, key)) : store.load(key, isolation));
  return row && rowJson(key, row);
};

/** Resolves to a page of the rows of partitions, in the order of the rows' keys. */
export const readPage = async (
  store: LocalStore,
  { rows: held, stale }: Held,
  query: ScanQuery,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Page> => {
  const { after, isolation, limit, reverse, selection } = query;
  const scans = held.map((one) => {
    const { partition } = one;
    const start = after && { rowKey: after.rowKey, included: isAfter(partition, after.partition, reverse) };
    return { partition, rows: encoding(() => store.scan(one, selection, { isolation, reverse, start })) };
  });
  const rows: PlacedRow[] = [];
  let bytes = 0;
  for await (const { key, partition, row, rowKey } of mergeScans(scans, reverse)) {
    signal.throwIfAborted();
    const json = rowJson(key, row);
    bytes += Buffer.byteLength(json);
    if (bytes > maxBytes && rows.length === 0)
      throw new Problem('too-large', `a row has more than ${maxBytes} bytes as JSON, the limit of a response`);
    if (bytes > maxBytes || rows.length === limit) return { rows, more: true, stale };
    rows.push({ json, partition, rowKey });
  }
  return { rows, more: false, stale };
};

/** Resolves to the number of rows of partitions. */
export const countRows = async (
  store: LocalStore,
  held: readonly HeldRows[],
  isolation: Isolation | undefined,
  signal: AbortSignal,
): Promise<number> => {
  let rows = 0;
  for (const one of held) {
    for await (const _ of store.scan(one, {}, { isolation })) {
      signal.throwIfAborted();
      rows++;
    }
  }
  return rows;
};

/** True when a partition comes after another in the merged order, where their row keys are equal. */
const isAfter = (partition: number, other: number, reverse: boolean): boolean =>
  reverse ? partition < other : partition > other;

/** Returns the text of a row. */
export const rowJson = (key: unknown, { timestamp, value }: Row<unknown>): string =>
  JSON.stringify({ key: toTypedJson(key), value: toTypedJson(value), timestamp });

/** Runs a step that encodes keys of the request. */
const encoding = <T>(step: () => T): T => {
  try {
    return step();
  } catch (thrown) {
    if (thrown instanceof Pending || thrown instanceof Problem || thrown instanceof StateError) throw thrown;
    const reason = thrown instanceof StreamsError ? reasonOf(thrown) : messageOf(thrown);
    throw new Problem('bad-request', `the key does not fit the store: ${reason}`);
  }
};

/** Returns the problem of a thrown value; undefined for a failure that is not the request's. */
export const problemOf = (thrown: unknown): Problem | undefined => {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof StateError && thrown.location.partition !== undefined)
    return unavailable(`partition ${thrown.location.partition} of the store is not in this process now`);
  return undefined;
};
