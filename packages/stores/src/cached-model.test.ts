/** A cache over slow and faulty storage beside a model. */
import { expect, test } from '@jest/globals';
import { type ByteStore, type Bytes, fromUtf8, StorageError, toUtf8, type Write } from '@kstreams/core/graph';
import fc from 'fast-check';
import { FakeRemote } from '../test/fake-remote.js';
import { read, row, scan } from '../test/rows.js';
import { cached } from './index.js';

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
  const memory = fc.constantFrom(1, 800, 1_000_000);
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
