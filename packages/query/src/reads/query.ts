import { ConfigError, type Duration, type Isolation, toMilliseconds } from '@kstreams/core/graph';
import type { LocalStore, RowSelection } from '@kstreams/runtime';
import type { Limits } from '../options.js';
import { Problem } from '../service/problem.js';
import { type RecordPosition, recordPositions } from './at-least.js';
import { decodePageToken, type PageEnd } from './page-token.js';
import type { Parameters } from './parameters.js';

/** The rows that a read sees. */
export interface Freshness {
  readonly isolation: Isolation | undefined;
  /** The records that the rows must include. */
  readonly atLeast: readonly RecordPosition[];
  /** The most by which rows may be behind; undefined for current rows only. */
  readonly bound: StaleBound | undefined;
}

/** The most by which the rows of a copy may be behind. */
export interface StaleBound {
  /** The longest time, in ms. */
  readonly staleness: number | undefined;
  /** The most changelog offsets. */
  readonly lag: number | undefined;
}

/** A read of one key. */
export interface GetQuery extends Freshness {
  readonly key: unknown;
}

/** A read of one page of rows. */
export interface ScanQuery extends Freshness {
  readonly selection: RowSelection<unknown>;
  readonly reverse: boolean;
  /** The most rows of the page. */
  readonly limit: number;
  /** The end of the page before. */
  readonly after: PageEnd | undefined;
  /** The parameters that all pages share, as one text. */
  readonly text: string;
}

const freshness = ['isolation', 'at-least', 'max-staleness', 'max-lag'] as const;

/** The names of the parameters of each query. */
export const parameterNames = {
  get: ['key', ...freshness],
  count: freshness,
  rows: ['from', 'to', 'prefix', 'reverse', 'limit', 'page', ...freshness],
  windows: ['key', 'from', 'to', 'reverse', 'limit', 'page', ...freshness],
} as const;

/**
 * Returns the read of a key.
 *
 * @throws Problem for invalid parameters.
 */
export const getQuery = (store: LocalStore, parameters: Parameters): GetQuery => ({
  key: checkedKey(store, 'key', parameters.required('key')),
  ...freshnessOf(parameters),
});

/**
 * Returns the scan of a range or a prefix.
 *
 * @throws Problem for invalid parameters.
 */
export const rowsQuery = (store: LocalStore, parameters: Parameters, limits: Limits): ScanQuery => {
  const bound = (name: string): unknown =>
    parameters.text(name) === undefined ? undefined : checkedKey(store, name, parameters.json(name));
  const selection = { from: bound('from'), to: bound('to'), prefix: parameters.json('prefix') };
  if (selection.prefix !== undefined && !store.hasPrefixes)
    throw new Problem('bad-request', 'the keys of this store have no prefixes: only texts, bytes and tuples do');
  if (selection.prefix !== undefined && (selection.from !== undefined || selection.to !== undefined))
    throw new Problem('bad-request', 'use "prefix", or "from" and "to", not both');
  return scanQuery(selection, parameters, limits, ['from', 'to', 'prefix']);
};

/**
 * Returns the scan of the windows of a key.
 *
 * @throws Problem for invalid parameters, and for a store without windows.
 */
export const windowsQuery = (store: LocalStore, parameters: Parameters, limits: Limits): ScanQuery => {
  if (!store.windowed) throw new Problem('bad-request', 'the keys of this store are no windows: use get or rows');
  const windows = {
    key: parameters.required('key'),
    from: parameters.whole('from', Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
    to: parameters.whole('to', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1),
  };
  return scanQuery({ windows }, parameters, limits, ['key', 'from', 'to']);
};

const scanQuery = (
  selection: RowSelection<unknown>,
  parameters: Parameters,
  limits: Limits,
  names: readonly string[],
): ScanQuery => {
  const shared = [...names, 'reverse', 'isolation'].map((name) => parameters.text(name) ?? null);
  const text = JSON.stringify(shared);
  const page = parameters.text('page');
  return {
    selection,
    reverse: parameters.oneOf('reverse', 'true', 'false') === 'true',
    ...freshnessOf(parameters),
    limit: Math.min(parameters.whole('limit', 1, 100), limits.rows),
    after: page === undefined ? undefined : decodePageToken(page, text),
    text,
  };
};

/**
 * Returns the rows that a read sees.
 *
 * @throws Problem for invalid parameters.
 */
export const freshnessOf = (parameters: Parameters): Freshness => {
  const atLeast = recordPositions(parameters.text('at-least'));
  const bound = boundOf(parameters);
  if (bound !== undefined && atLeast.length > 0)
    throw new Problem('bad-request', 'use "at-least", or "max-staleness" and "max-lag", not both');
  return { isolation: parameters.oneOf<Isolation>('isolation', 'committed', 'latest'), atLeast, bound };
};

const boundOf = (parameters: Parameters): StaleBound | undefined => {
  const time = parameters.text('max-staleness');
  const lag = parameters.text('max-lag') === undefined ? undefined : parameters.whole('max-lag', 0, 0);
  if (time === undefined) return lag === undefined ? undefined : { staleness: undefined, lag };
  try {
    return { staleness: toMilliseconds(time as Duration, 'the parameter "max-staleness"'), lag };
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    throw new Problem('bad-request', thrown.message);
  }
};

/** Checks the form of a key; its serde checks the rest. */
const checkedKey = (store: LocalStore, name: string, key: unknown): unknown => {
  if (!store.windowed) return key;
  const { end, start } = (typeof key === 'object' && key !== null ? key : {}) as Record<string, unknown>;
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && (start as number) <= (end as number)) return key;
  throw new Problem('bad-request', `"${name}" is not a window: use {"key":…,"start":0,"end":60000} with bounds in ms`);
};
