import type { PageJson, RowJson, RowsQuery, StoreSource } from '@kstreams/ui';
import { RequestError, requestJson } from './connection.js';
import { tail } from './tail.js';

const pathOf = (store: string, operation: string, parameters: Readonly<Record<string, string>> = {}): string =>
  `queries/stores/${encodeURIComponent(store)}/${operation}?${new URLSearchParams(parameters)}`;

/** The stores of all processes, through the queries of the server. */
export const storeSource: StoreSource = {
  get: async (store, key) => {
    try {
      return await requestJson<RowJson>(pathOf(store, 'get', { key: JSON.stringify(key) }));
    } catch (thrown) {
      if (thrown instanceof RequestError && thrown.status === 404) return undefined;
      throw thrown;
    }
  },
  rows: (store, query) => requestJson<PageJson>(rowsPath(store, query)),
  count: async (store) => (await requestJson<{ count: number }>(pathOf(store, 'count'))).count,
  changes: async function* (store, signal) {
    for await (const records of tail({ store }, signal)) yield* records;
  },
};

const rowsPath = (store: string, { page, prefix, reverse, windows }: RowsQuery): string => {
  const shared = { limit: '50', ...(reverse === true && { reverse: 'true' }), ...(page !== undefined && { page }) };
  if (windows === undefined)
    return pathOf(store, 'rows', { ...shared, ...(prefix !== undefined && { prefix: JSON.stringify(prefix) }) });
  const { from, key, to } = windows;
  return pathOf(store, 'windows', {
    ...shared,
    key: JSON.stringify(key),
    ...(from !== undefined && { from: String(from) }),
    ...(to !== undefined && { to: String(to) }),
  });
};
