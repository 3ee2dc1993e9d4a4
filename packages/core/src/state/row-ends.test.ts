import { string } from '@kstreams/serde';
import { testStoreLaws } from '@kstreams/test-support/store-laws';
import fc from 'fast-check';
import type { Expiries, StoreSpec } from '../graph/index.js';
import { type KeyValueStore, keyValue } from './index.js';

const ttl = 20;

/** A store with the rows that end, which the runtime deletes. */
interface Ending {
  readonly store: KeyValueStore<string, string>;
  readonly expiries: Expiries<string, string>;
}

const specOf = (ordered: boolean): StoreSpec<Ending> => {
  const spec = keyValue('rows', { key: string, value: string, ordered, ttl });
  return {
    ...spec,
    open: (access) => {
      const { handle, rows } = spec.open(access);
      return { handle: { store: handle, expiries: rows.expiries as Ending['expiries'] }, rows };
    },
  };
};

type Call = readonly ['put' | 'delete' | 'end', key: string, at: number];
type Model = Map<string, number>;

const calls = fc.tuple(
  fc.constantFrom('put', 'put', 'put', 'delete', 'end'),
  fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  fc.integer({ min: 0, max: 60 }),
);

/** Deletes what has ended by an instant, and returns it with what remains. */
const end = ({ expiries, store }: Ending, now: number): unknown => {
  const ended: unknown[] = [];
  if (expiries.earliest <= now) {
    for (let row = expiries.next(''); row !== undefined && row.at <= now; row = expiries.next(row.position)) {
      ended.push([row.key, row.at, expiries.row(row.key)?.value]);
      expiries.remove(row.key, row.at);
    }
  }
  return [ended, ['a', 'b', 'c', 'd', 'e'].filter((key) => store.get(key) !== undefined)];
};

const modelEnd = (rows: Model, now: number): unknown => {
  const ended = [...rows]
    .map(([key, timestamp]) => [key, timestamp + ttl, `${timestamp}`] as const)
    .filter(([, at]) => at <= now)
    .sort(([one, at], [other, otherAt]) => at - otherAt || (one < other ? -1 : 1));
  for (const [key] of ended) rows.delete(key);
  return [ended, [...rows.keys()].sort()];
};

for (const ordered of [false, true]) {
  testStoreLaws<Ending, Model, Call>(`${ordered ? 'ordered ' : ''}key-value with a ttl`, {
    spec: specOf(ordered),
    empty: new Map(),
    calls,
    seen: [
      ['end', '', 30],
      ['end', '', 60],
      ['end', '', 100],
    ],
    act: (ending, [call, key, at]) => {
      if (call === 'end') return end(ending, at);
      if (call === 'delete') return ending.store.delete(key, at);
      return ending.store.put(key, `${at}`, at);
    },
    model: (rows, [call, key, at]) => {
      if (call === 'end') return modelEnd(rows, at);
      if (call === 'delete') rows.delete(key);
      else rows.set(key, at);
      return undefined;
    },
  });
}
