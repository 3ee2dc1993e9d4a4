import { describe, expect, test } from '@jest/globals';
import {
  type ByteStore,
  type Bytes,
  FencedError,
  fromUtf8,
  MetricRegistry,
  Pending,
  StorageError,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { byteStoreChecks } from '@kstreams/testing';
import fc from 'fast-check';
import { FakeRemote } from '../test/fake-remote.js';
import { cached } from './index.js';

const row = (key: string, value: string | undefined): Write => [
  toUtf8(key),
  value === undefined ? value : toUtf8(value),
];

/** Reads a key as a task does: a read that is pending is made again once it may. */
const read = async (store: ByteStore, key: string): Promise<string | undefined> => {
  for (;;) {
    try {
      const value = store.get(toUtf8(key));
      return value && fromUtf8(value);
    } catch (thrown) {
      if (!(thrown instanceof Pending)) throw thrown;
      await thrown.until;
    }
  }
};

const scan = async (store: ByteStore, from: string, to: string, reverse = false): Promise<string[]> => {
  const found: string[] = [];
  for await (const [key, value] of store.scan(toUtf8(from), toUtf8(to), { reverse })) {
    found.push(`${fromUtf8(key)}=${fromUtf8(value)}`);
  }
  return found;
};

/** True when a read of the key throws `Pending`. The load that it starts is awaited. */
const misses = async (store: ByteStore, key: string): Promise<boolean> => {
  try {
    store.get(toUtf8(key));
    return false;
  } catch (thrown) {
    await (thrown as Pending).until;
    return true;
  }
};

/** Storage that outlives the stores opened on it, and belongs to the last one. */
const newPlace = () => {
  const remote = new FakeRemote();
  let opened = 0;
  const open = async (): Promise<ByteStore> => {
    const number = ++opened;
    const check = (): void => {
      if (number < opened) throw new FencedError('another process has taken over the state');
    };
    return cached({
      owner: remote.owner,
      getMany: (keys) => remote.getMany(keys),
      scan: (from, to, options) => remote.scan(from, to, options),
      commit: async (writes) => {
        check();
        await remote.commit(writes);
      },
      clear: async (from, to) => {
        check();
        await remote.clear(from, to);
      },
      close: async () => {},
    });
  };
  return { open };
};

const manifest = { durable: true, remote: true, fenced: true, damage: false };

test.each(byteStoreChecks(manifest))('cached $name', ({ run }) => run(newPlace()));

describe('reads', () => {
  test('misses of one turn are loaded in one round trip, and the keys of a prefetch with them', async () => {
    const remote = new FakeRemote();
    const store = cached(remote);
    await remote.commit([row('a', '1'), row('b', '2')]);
    const ahead = store.prefetchKeys?.([toUtf8('c'), toUtf8('a')]);
    expect(await Promise.all(['a', 'b', 'a'].map((key) => read(store, key)))).toEqual(['1', '2', '1']);
    await ahead;
    expect(await read(store, 'c')).toBeUndefined();
    expect(remote.reads).toEqual([['c', 'a', 'b']]);
    expect(store.prefetchKeys?.(['a', 'b', 'c'].map(toUtf8))).toBeUndefined();
  });

  test('a key is not loaded twice at a time', async () => {
    const remote = new FakeRemote();
    const store = cached(remote);
    const first = read(store, 'a');
    await Promise.resolve();
    await Promise.all([first, read(store, 'a'), store.prefetchKeys?.([toUtf8('a')])]);
    expect(remote.reads).toEqual([['a']]);
  });

  test('a failed load rejects with its reason, and the next read loads again', async () => {
    const remote = new FakeRemote({ fails: () => true });
    const store = cached(remote);
    const failed = read(store, 'a');
    await expect(failed).rejects.toThrow('the remote state cannot be read: getMany failed');
    await expect(failed).rejects.toThrow(StorageError);
    remote.behavior = {};
    expect(await read(store, 'a')).toBeUndefined();
  });
});

describe('memory', () => {
  const value = 'x'.repeat(899);

  test('the rows used longest ago leave first, absent ones included', async () => {
    const remote = new FakeRemote();
    const store = cached(remote, { memory: 3_000 });
    await remote.commit(['a', 'b', 'c', 'd'].map((key) => row(key, value)));
    for (const key of ['a', 'b', 'c', 'a', 'd']) await read(store, key);
    const reads = remote.reads.length;
    for (const key of ['c', 'a', 'd']) expect(await misses(store, key)).toBe(false);
    expect(await misses(store, 'b')).toBe(true);
    expect(await misses(store, 'c')).toBe(true);
    for (let i = 0; i < 40; i++) await read(store, `absent ${i}`);
    expect(await misses(store, 'c')).toBe(true);
    expect(remote.reads.length).toBe(reads + 43);
  });

  test('rows that were missed together are in memory together, at any size', async () => {
    const remote = new FakeRemote();
    const store = cached(remote, { memory: 1 });
    await remote.commit([row('a', value), row('b', value)]);
    const pending = [misses(store, 'a'), misses(store, 'b')];
    const ahead = store.prefetchKeys?.([toUtf8('c')]);
    expect(await Promise.all(pending)).toEqual([true, true]);
    expect(store.get(toUtf8('a'))).toEqual(toUtf8(value));
    expect(store.get(toUtf8('b'))).toEqual(toUtf8(value));
    await ahead;
  });

  test('rows of a failed commit stay, however many', async () => {
    const remote = new FakeRemote({ fails: (call) => call === 'commit' });
    const store = cached(remote, { memory: 1 });
    const rows = Array.from({ length: 50 }, (_, i) => row(`k${i}`, value));
    await expect(store.commit(rows)).rejects.toThrow('the remote state cannot be written: commit failed');
    for (const [key] of rows) expect(store.get(key)).toEqual(toUtf8(value));
    remote.behavior = {};
    await store.commit([row('k0', undefined)]);
    expect(remote.commits).toEqual([50]);
    expect(remote.rows.size).toBe(49);
    expect(await misses(store, 'k1')).toBe(true);
  });
});

describe('commits', () => {
  test('rows are readable and scanned at once, before the storage has them', async () => {
    const remote = new FakeRemote();
    const store = cached(remote);
    await store.commit([row('a', '1'), row('b', '1')]);
    const committed = store.commit([row('a', undefined), row('c', '2')]);
    expect([store.get(toUtf8('a')), store.get(toUtf8('c'))]).toEqual([undefined, toUtf8('2')]);
    expect(remote.commits).toEqual([2]);
    expect(await scan(store, 'a', 'z')).toEqual(['b=1', 'c=2']);
    expect(await scan(store, 'a', 'z', true)).toEqual(['c=2', 'b=1']);
    await committed;
  });

  test('a load that is overtaken by a commit or a clear does not bring the old row back', async () => {
    const remote = new FakeRemote();
    await remote.commit([row('a', 'old'), row('b', 'old')]);
    const store = cached(remote);
    let resume = (): void => {};
    const resumed = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let calls = 0;
    remote.behavior = { delay: () => (++calls === 2 ? resumed : Promise.resolve()) };
    const loading = Promise.all([misses(store, 'a'), misses(store, 'b')]);
    while (calls < 2) await Promise.resolve();
    await store.commit([row('a', 'new')]);
    await store.clear(toUtf8('b'), toUtf8('c'));
    resume();
    await loading;
    expect([await read(store, 'a'), await read(store, 'b')]).toEqual(['new', undefined]);
  });
});

test('hits, misses, loads and memory are metrics until the store is closed', async () => {
  const metrics = new MetricRegistry();
  const store = cached(new FakeRemote(), { telemetry: metrics });
  await store.commit([row('a', '1')]);
  expect([await read(store, 'a'), await misses(store, 'b'), await misses(store, 'b')]).toEqual(['1', true, false]);
  const values = Object.fromEntries(
    metrics
      .collect()
      .map(({ attributes, instrument, value }) => [[instrument.name, ...Object.values(attributes)].join(' '), value]),
  );
  expect(values).toEqual({
    'kstreams.state.cache.reads hit': 2,
    'kstreams.state.cache.reads miss': 1,
    'kstreams.state.cache.loads': 1,
    'kstreams.state.cache.size': expect.any(Number),
    'kstreams.state.cache.unwritten': 0,
  });
  await store.close();
  expect(metrics.collect()).toEqual([]);
});

test('a close waits for pending commits, and every later call is refused', async () => {
  const remote = new FakeRemote({ delay: () => new Promise((resolve) => setImmediate(resolve)) });
  const store = cached(remote);
  const committed = store.commit([row('a', '1')]);
  await store.close();
  await committed;
  expect([remote.rows.size, remote.closed]).toEqual([1, true]);
  expect(() => store.get(toUtf8('a'))).toThrow('the state is closed');
});

/** One step of a task on its own rows. */
type Step =
  | { readonly do: 'commit'; readonly rows: Rows; readonly during: boolean }
  | { readonly do: 'read'; readonly keys: readonly number[]; readonly ahead: readonly number[] }
  | { readonly do: 'scan'; readonly from: number; readonly to: number; readonly reverse: boolean }
  | {
      readonly do: 'clear';
      readonly from: number;
      readonly to: number;
      readonly meanwhile: Rows | 'scan' | 'scan before' | undefined;
    };
type Rows = readonly (readonly [key: number, value: number | undefined])[];

const key = fc.nat(7);
const rows: fc.Arbitrary<Rows> = fc.array(fc.tuple(key, fc.option(fc.nat(99), { nil: undefined })), { maxLength: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('commit' as const), rows, during: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), keys: fc.array(key), ahead: fc.array(key) }) },
  fc.record({ do: fc.constant('scan' as const), from: key, to: key, reverse: fc.boolean() }),
  fc.record({
    do: fc.constant('clear' as const),
    from: key,
    to: key,
    meanwhile: fc.oneof(rows, fc.constantFrom('scan' as const, 'scan before' as const, undefined)),
  }),
);

/** A task beside its model: a map per number of commits, the last one being what it reads. */
class ModelTask {
  readonly #name: string;
  readonly #store: ByteStore;
  readonly #history: Map<string, string>[] = [new Map()];
  #clearing = false;

  constructor(name: string, store: ByteStore) {
    this.#name = name;
    this.#store = store;
  }

  get #rows(): Map<string, string> {
    return this.#history.at(-1) as Map<string, string>;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) await this.#do(one);
  }

  /** Checks that the storage has the rows of exactly as many commits as its position says, unless a clear is under way. */
  check(stored: ReadonlyMap<string, Bytes>): void {
    if (this.#clearing) return;
    const position = stored.get(this.#key('position'));
    const number = position === undefined ? 0 : Number(fromUtf8(position));
    const rows = [...stored].filter(([id]) => id.startsWith(this.#key('row')));
    const found = rows.map(([id, value]) => `${id}=${fromUtf8(value)}`);
    const expected = [...(this.#history[number] as Map<string, string>)].map(([id, value]) => `${id}=${value}`);
    expect(found).toEqual(expected.sort());
  }

  #key(name: string | number): string {
    return typeof name === 'string' ? `${this.#name}/${name}` : `${this.#name}/row${name}`;
  }

  async #do(one: Step): Promise<void> {
    if (one.do === 'read') return this.#read(one.keys, one.ahead);
    if (one.do === 'scan') return this.#scan(this.#key(one.from), this.#key(one.to), one.reverse);
    if (one.do === 'clear') return this.#clear(this.#key(one.from), this.#key(one.to), one.meanwhile);
    if (!one.during) return this.#commit(one.rows);
    const ahead = this.#store.prefetchKeys?.(one.rows.map(([number]) => toUtf8(this.#key(number))));
    const scanned = this.#scan(this.#key(0), this.#key(9), false);
    await Promise.all([this.#commit(one.rows), scanned, ahead?.catch(failed)]);
  }

  async #clear(from: string, to: string, meanwhile: Rows | 'scan' | 'scan before' | undefined): Promise<void> {
    this.#clearing = true;
    const scannedBefore = meanwhile === 'scan before' ? this.#scan(this.#key(0), this.#key(9), true) : undefined;
    const cleared = this.#store.clear(toUtf8(from), toUtf8(to)).then(() => true, failed);
    const scanned = meanwhile === 'scan' ? scan(this.#store, this.#key(0), this.#key(9)).catch(failed) : undefined;
    const before = new Map(this.#rows);
    const committed =
      typeof meanwhile === 'object' ? this.#store.commit(this.#writes(meanwhile)).catch(failed) : undefined;
    if (await cleared) {
      for (const rows of this.#history) for (const id of rows.keys()) if (id >= from && id < to) rows.delete(id);
      for (const id of before.keys()) if (id >= from && id < to) before.delete(id);
    }
    if (typeof meanwhile === 'object') this.#append(meanwhile);
    const found = await scanned;
    if (Array.isArray(found)) expect(found).toEqual([...before].map(([id, value]) => `${id}=${value}`).sort());
    await Promise.all([committed, scannedBefore]);
    this.#clearing = false;
  }

  async #scan(from: string, to: string, reverse: boolean): Promise<void> {
    const expected = [...this.#rows].filter(([id]) => id >= from && id < to).map(([id, value]) => `${id}=${value}`);
    const found = await scan(this.#store, from, to, reverse).catch(failed);
    if (found !== false) expect(found).toEqual(reverse ? expected.sort().reverse() : expected.sort());
  }

  async #commit(rows: Rows): Promise<void> {
    const writes = this.#writes(rows);
    this.#append(rows);
    await this.#store.commit(writes).catch(failed);
  }

  /** Returns the writes of the next commit: its rows, and its number as the position. */
  #writes(rows: Rows): Write[] {
    const writes = rows.map(([number, value]) => row(this.#key(number), value === undefined ? value : String(value)));
    return [...writes, row(this.#key('position'), String(this.#history.length))];
  }

  #append(rows: Rows): void {
    const next = new Map(this.#rows);
    for (const [number, value] of rows) {
      if (value === undefined) next.delete(this.#key(number));
      else next.set(this.#key(number), String(value));
    }
    this.#history.push(next);
  }

  async #read(keys: readonly number[], ahead: readonly number[]): Promise<void> {
    const prefetched = this.#store.prefetchKeys?.(ahead.map((number) => toUtf8(this.#key(number))));
    const values = keys.map(async (number) => {
      const found = await read(this.#store, this.#key(number)).catch(failed);
      if (found !== false) expect(found).toBe(this.#rows.get(this.#key(number)));
    });
    await Promise.all([...values, prefetched?.catch(failed)]);
  }
}

const failed = (thrown: unknown): false => {
  if (!(thrown instanceof StorageError)) throw thrown;
  return false;
};

test('however slow and faulty the storage, tasks read what they wrote, and the storage has whole commits', async () => {
  const steps = fc.array(step, { maxLength: 25 });
  const chances = fc.infiniteStream(fc.nat(99));
  const memory = fc.constantFrom(1, 400, 1_000_000);
  await fc.assert(
    fc.asyncProperty(steps, steps, memory, chances, fc.nat(30), async (one, two, bytes, chance, faults) => {
      const next = (): number => chance.next().value as number;
      const delay = async (): Promise<void> => {
        for (let left = next() % 12; left > 0; left--) await Promise.resolve();
      };
      const remote = new FakeRemote();
      const store = cached(remote, { memory: bytes });
      const tasks = [new ModelTask('a', store), new ModelTask('b', store)] as const;
      const changed = (rows: ReadonlyMap<string, Bytes>): void => {
        for (const task of tasks) task.check(rows);
      };
      remote.behavior = { delay, changed, fails: () => next() < faults };
      await Promise.all([tasks[0].run(one), tasks[1].run(two)]);
      remote.behavior = { changed };
      await store.commit([]);
      changed(new Map(remote.rows.walk()));
      await store.close();
    }),
    { numRuns: 150 },
  );
});
