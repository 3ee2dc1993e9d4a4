import { type Bytes, compareBytes, fromUtf8, toUtf8, type Write } from '@kstreams/core/graph';
import {
  entries,
  type OpenByteStore,
  pair,
  read,
  readBytes,
  refuses,
  same,
  using,
  writes,
} from './byte-store-steps.js';

/** One law of byte stores. */
export interface ByteStoreCheck {
  readonly name: string;
  /** Throws when the law is broken. `open` leads to a place of its own, empty at first. */
  run(open: OpenByteStore): Promise<void>;
}

/**
 * The laws that every state backend keeps, for any test framework. `durable: false` leaves out that what was committed is
 * there again after a close.
 *
 * @example
 * for (const { name, run } of byteStoreChecks()) test(name, async () => run(await placeOfItsOwn()))
 */
export const byteStoreChecks = ({ durable = true } = {}): readonly ByteStoreCheck[] =>
  durable ? [...laws, ...durableLaws] : laws;

const laws: readonly ByteStoreCheck[] = [
  {
    name: 'answers what was written last, and undefined for what was not written or was deleted',
    run: (open) =>
      using(open, async (store) => {
        same(await read(store, 'a'), undefined, 'a key never written');
        await store.commit(writes({ a: '1', b: '2', empty: '' }));
        await store.commit(writes({ b: undefined, never: undefined }));
        same(await read(store, 'a'), '1', 'a written key');
        same(await read(store, 'b'), undefined, 'a deleted key');
        same(await read(store, 'empty'), '', 'a value of no bytes');
      }),
  },
  {
    name: 'tells apart keys that end in zeros, and keeps every byte',
    run: (open) =>
      using(open, async (store) => {
        const all = Uint8Array.from({ length: 256 }, (_, i) => i);
        const keys = [[1], [1, 0], [1, 0, 0], [128], [255], [255, 255]].map((key) => Uint8Array.from(key));
        await store.commit(keys.map((key, i) => [key, i === 0 ? all : Uint8Array.of(i)]));
        for (const [i, key] of keys.entries()) {
          same(await readBytes(store, key), i === 0 ? all : Uint8Array.of(i), `the value of key ${key}`);
        }
      }),
  },
  {
    name: 'hands out plain Uint8Arrays',
    run: (open) =>
      using(open, async (store) => {
        await store.commit(writes({ a: '1' }));
        const found = [await readBytes(store, toUtf8('a'))];
        for await (const entry of store.scan(toUtf8('a'), toUtf8('b'))) found.push(...entry);
        same(found.map((bytes) => bytes?.constructor.name).join(), 'Uint8Array,Uint8Array,Uint8Array', 'what came');
      }),
  },
  {
    name: 'lets the later of two writes of a key in a commit win',
    run: (open) =>
      using(open, async (store) => {
        await store.commit([...writes({ a: '1', b: '1' }), ...writes({ a: '2', b: undefined })]);
        await store.commit([...writes({ c: undefined }), ...writes({ c: '3' })]);
        same(await entries(store, '', '~'), ['a=2', 'c=3'], 'the rows');
      }),
  },
  {
    name: 'takes a commit of nothing',
    run: (open) => using(open, async (store) => store.commit([])),
  },
  {
    name: 'is not changed by what becomes of the bytes of a key afterwards',
    run: (open) =>
      using(open, async (store) => {
        const key = toUtf8('abc');
        await store.commit([[key, toUtf8('1')]]);
        key.fill(0);
        same(await read(store, 'abc'), '1', 'the row');
      }),
  },
  {
    name: 'scans in unsigned byte order or in reverse, from the first bound to before the second',
    run: (open) =>
      using(open, async (store) => {
        const keys = [[], [0], [0, 0], [1], [1, 255], [127], [128], [128, 0], [255], [255, 0], [255, 255]].map((key) =>
          Uint8Array.from(key),
        );
        await store.commit([...keys].reverse().map((key) => [key, key]));
        for (const from of keys) {
          for (const to of keys) {
            const expected = keys.filter((key) => compareBytes(key, from) >= 0 && compareBytes(key, to) < 0);
            const found: Bytes[] = [];
            for await (const [key] of store.scan(from, to)) found.push(key);
            same(found.join(' | '), expected.join(' | '), `the keys from [${from}] to before [${to}]`);
            const backwards: Bytes[] = [];
            for await (const [key] of store.scan(from, to, { reverse: true })) backwards.push(key);
            same(backwards.join(' | '), expected.reverse().join(' | '), `the same keys in reverse`);
          }
        }
      }),
  },
  {
    name: 'scans more rows than it reads at once, and can be left in the middle',
    run: (open) =>
      using(open, async (store) => {
        const names = Array.from({ length: 2_500 }, (_, i) => `row ${String(i).padStart(5, '0')}`);
        await store.commit(names.map((name): Write => [toUtf8(name), toUtf8('x'.repeat(200))]));
        same((await entries(store, 'row', 'rox')).length, names.length, 'the number of rows');
        for await (const [key] of store.scan(toUtf8('row 01'), toUtf8('rox'))) {
          same(fromUtf8(key), 'row 01000', 'the first row');
          break;
        }
        await store.commit(writes({ after: 'the scan that was left' }));
      }),
  },
  {
    name: 'shows a scan the rows as they were when it began',
    run: (open) =>
      using(open, async (store) => {
        await store.commit(writes({ a: '1', b: '1', c: '1' }));
        const scan = store.scan(toUtf8('a'), toUtf8('z'))[Symbol.asyncIterator]();
        const first = scan.next();
        await store.commit(writes({ a: '2', b: undefined, c: '2', d: '2' }));
        const seen = [await first, await scan.next(), await scan.next()];
        same(seen.map(({ value }) => value && pair(value)).join(), 'a=1,b=1,c=1', 'what the scan gave');
        same((await scan.next()).done, true, 'whether the scan is over');
        same(await entries(store, 'a', 'z'), ['a=2', 'c=2', 'd=2'], 'what a later scan gives');
      }),
  },
  {
    name: 'shows a scan all of a commit or nothing of it',
    run: (open) =>
      using(open, async (store) => {
        const batch = (value: string): Write[] =>
          Array.from({ length: 500 }, (_, i) => [toUtf8(`k${i}`), toUtf8(value)] as const);
        await store.commit(batch('0'));
        for (let round = 1; round <= 5; round++) {
          const [, seen] = await Promise.all([store.commit(batch(String(round))), entries(store, 'k', 'l')]);
          same(new Set(seen.map((one) => one.split('=')[1])).size, 1, 'how many commits one scan saw');
        }
      }),
  },
  {
    name: 'clears from the first bound to before the second',
    run: (open) =>
      using(open, async (store) => {
        await store.commit(writes({ a: '1', b: '1', bb: '1', c: '1' }));
        await store.clear(toUtf8('b'), toUtf8('c'));
        await store.clear(toUtf8('x'), toUtf8('a'));
        same(await entries(store, '', '~'), ['a=1', 'c=1'], 'the rows left');
        same(await read(store, 'bb'), undefined, 'a cleared row');
      }),
  },
  {
    name: 'has every key loaded that was prefetched, and throws Pending for others only',
    run: (open) =>
      using(open, async (store) => {
        await store.commit(writes({ a: '1', b: '2' }));
        const keys = ['a', 'b', 'missing'].map(toUtf8);
        await store.prefetchKeys?.(keys);
        same(store.prefetchKeys?.(keys), undefined, 'the result of prefetchKeys when all is loaded');
        const found = keys.map((key) => store.get(key)).map((bytes) => bytes && fromUtf8(bytes));
        same(found.join(), '1,2,', 'the values');
      }),
  },
  {
    name: 'has an owner that no other store open at the same time has',
    run: (open) =>
      using(open, async (store) => {
        same(store.owner.length > 0, true, 'whether the owner has a name');
      }),
  },
  {
    name: 'answers nothing once it is closed',
    run: async (open) => {
      const store = await open();
      await store.commit(writes({ a: '1' }));
      await store.close();
      await refuses(() => store.commit(writes({ a: '2' })), 'a commit on a closed store');
      await refuses(() => store.clear(toUtf8('a'), toUtf8('b')), 'a clear on a closed store');
      await refuses(() => read(store, 'a'), 'a get on a closed store');
      await refuses(() => entries(store, 'a', 'b'), 'a scan on a closed store');
    },
  },
];

const durableLaws: readonly ByteStoreCheck[] = [
  {
    name: 'has what was committed after a close, for the same owner',
    run: async (open) => {
      const first = await open();
      await first.commit(writes({ a: '1', b: '1', c: '1' }));
      await first.commit(writes({ b: undefined, c: '2' }));
      await first.close();
      await using(open, async (second) => {
        same(await entries(second, '', '~'), ['a=1', 'c=2'], 'the rows');
        same(second.owner, first.owner, 'the owner');
      });
    },
  },
];
