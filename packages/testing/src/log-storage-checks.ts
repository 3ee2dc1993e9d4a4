import { checkOptions, compareBytes, type OptionChecks, option, toUtf8, type Write } from '@kstreams/core/graph';
import type { LogBackend, LogStorage } from '@kstreams/embedded';
import { pair, refuses, same, writes } from './byte-store-steps.js';

/** One law of log storages. */
export interface LogStorageCheck {
  readonly name: string;
  /** Throws when the law is broken. The storage of `backend` is empty at first. */
  run(backend: LogBackend): Promise<void>;
}

/** The features of a log storage. */
export interface LogStorageCheckOptions {
  /** True to check that entries survive a close; true by default. */
  readonly durable?: boolean;
}

const checks: OptionChecks<LogStorageCheckOptions> = { durable: option.flag };

/**
 * Returns the laws of log storages, for any test framework.
 *
 * @example
 * for (const { name, run } of logStorageChecks()) test(name, async () => run(levelLog(await newFolder())))
 */
export const logStorageChecks = (options: LogStorageCheckOptions = {}): readonly LogStorageCheck[] => {
  checkOptions('logStorageChecks', options, checks);
  return options.durable === false ? laws : [...laws, durableLaw];
};

const using = async (backend: LogBackend, check: (storage: LogStorage) => Promise<void>): Promise<void> => {
  const storage = await backend.open();
  try {
    await check(storage);
  } finally {
    await storage.close();
  }
};

const read = async (storage: LogStorage, from: string, to: string): Promise<string[]> =>
  (await storage.read(toUtf8(from), toUtf8(to))).map(pair);

const laws: readonly LogStorageCheck[] = [
  {
    name: 'reads the last written value of a key, and nothing without one',
    run: (backend) =>
      using(backend, async (storage) => {
        same(await read(storage, 'a', 'z'), [], 'the entries before the first commit');
        await storage.commit(writes({ a: '1', b: '2', empty: '' }));
        await storage.commit([...writes({ a: '2' }), ...writes({ a: '3', b: undefined, never: undefined })]);
        same(await read(storage, 'a', 'z'), ['a=3', 'empty='], 'the entries');
        await storage.commit([]);
      }),
  },
  {
    name: 'reads in unsigned byte order, from the first bound to before the second',
    run: (backend) =>
      using(backend, async (storage) => {
        const keys = [[0], [0, 0], [1], [1, 255], [127], [128], [128, 0], [255], [255, 0], [255, 255]].map((key) =>
          Uint8Array.from(key),
        );
        await storage.commit([...keys].reverse().map((key) => [key, key]));
        for (const from of keys) {
          for (const to of keys) {
            const expected = keys.filter((key) => compareBytes(key, from) >= 0 && compareBytes(key, to) < 0);
            const where = `from [${from}] to before [${to}]`;
            const found = await storage.read(from, to);
            same(found.map(([key]) => key).join(' | '), expected.join(' | '), `the keys ${where}`);
            same(found.map(([, value]) => value).join(' | '), expected.join(' | '), `the values ${where}`);
            same(String(await storage.lastKey(from, to)), String(expected.at(-1)), `the last key ${where}`);
          }
        }
      }),
  },
  {
    name: 'ends a read at its limit of entries, and with the entry that reaches its limit of bytes',
    run: (backend) =>
      using(backend, async (storage) => {
        const keys = Array.from({ length: 50 }, (_, i) => toUtf8(`k${String(i).padStart(2, '0')}`));
        await storage.commit(keys.map((key): Write => [key, new Uint8Array(97)]));
        const count = async (entries: number, bytes: number): Promise<number> =>
          (await storage.read(toUtf8('k'), toUtf8('l'), { entries, bytes })).length;
        same(await count(7, 1_000_000), 7, 'entries read with room for 7');
        same(await count(1_000, 1_000), 10, 'entries of 100 bytes read with room for 1,000');
        same(await count(1_000, 1_001), 11, 'entries of 100 bytes read with room for 1,001');
        same(await count(1_000, 1), 1, 'entries read with room for less than one');
        same(await count(1_000, 1_000_000), 50, 'entries read with room for all');
      }),
  },
  {
    name: 'reads many entries',
    run: (backend) =>
      using(backend, async (storage) => {
        const rows = Array.from({ length: 3_000 }, (_, i): Write => [toUtf8(`r${i}`), toUtf8('x'.repeat(300))]);
        await storage.commit(rows);
        same((await storage.read(toUtf8('r'), toUtf8('s'))).length, rows.length, 'the number of entries');
      }),
  },
  {
    name: 'returns plain Uint8Arrays',
    run: (backend) =>
      using(backend, async (storage) => {
        await storage.commit(writes({ a: '1' }));
        const [a, b] = [toUtf8('a'), toUtf8('b')];
        const found = [await storage.lastKey(a, b), ...(await storage.read(a, b)).flat()];
        same(found.map((bytes) => bytes?.constructor.name).join(), Array(3).fill('Uint8Array').join(), 'the types');
      }),
  },
  {
    name: 'applies a commit whole',
    run: (backend) =>
      using(backend, async (storage) => {
        const batch = (value: string): Write[] =>
          Array.from({ length: 500 }, (_, i) => [toUtf8(`k${i}`), toUtf8(value)]);
        await storage.commit(batch('0'));
        for (let round = 1; round <= 5; round++) {
          const [, found] = await Promise.all([storage.commit(batch(String(round))), read(storage, 'k', 'l')]);
          same(new Set(found.map((one) => one.split('=')[1])).size, 1, 'the number of commits that one read saw');
        }
      }),
  },
  {
    name: 'clears from the first bound to before the second',
    run: (backend) =>
      using(backend, async (storage) => {
        await storage.commit(writes({ a: '1', b: '1', bb: '1', c: '1' }));
        await storage.clear(toUtf8('b'), toUtf8('c'));
        await storage.clear(toUtf8('x'), toUtf8('a'));
        same(await read(storage, 'a', 'z'), ['a=1', 'c=1'], 'the entries left');
      }),
  },
  {
    name: 'refuses every call once it is closed',
    run: async (backend) => {
      const storage = await backend.open();
      const [a, b] = [toUtf8('a'), toUtf8('b')];
      await storage.commit(writes({ a: '1' }));
      await storage.close();
      await refuses(() => storage.commit(writes({ a: '2' })), 'a commit on closed storage');
      await refuses(() => storage.clear(a, b), 'a clear on closed storage');
      await refuses(() => storage.read(a, b), 'a read on closed storage');
      await refuses(() => storage.lastKey(a, b), 'a search for the last key on closed storage');
    },
  },
];

const durableLaw: LogStorageCheck = {
  name: 'keeps its entries after a close, and is held by one opener at a time',
  run: async (backend) => {
    const first = await backend.open();
    await first.commit(writes({ a: '1', b: '1' }));
    await first.commit(writes({ b: undefined }));
    await refuses(() => backend.open(), 'a second opening');
    await first.close();
    await using(backend, async (second) => same(await read(second, 'a', 'z'), ['a=1'], 'the entries'));
  },
};
