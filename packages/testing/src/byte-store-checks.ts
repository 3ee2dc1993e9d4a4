import {
  type ByteStore,
  type Bytes,
  checkOptions,
  compareBytes,
  FencedError,
  fromUtf8,
  type OptionChecks,
  option,
  readsWait,
  StorageError,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { entries, pair, pendingOf, read, readBytes, refuses, same, using, writes } from './byte-store-steps.js';

/** Features of a state backend, which select the laws that apply to it. */
export interface BackendManifest {
  /** True when committed rows survive a close, for the same owner. */
  readonly durable: boolean;
  /** True when `get` throws `Pending` for keys that are not loaded. */
  readonly remote: boolean;
  /** True when opening a place takes it over from the store that has it open, whose commits fail with `FencedError`. */
  readonly fenced: boolean;
  /** True when damaged rows are detected: `get` throws, `damage` is set, and `mend` starts with an empty store. */
  readonly damage: boolean;
}

/** A place to keep state, empty at first. */
export interface ByteStorePlace {
  /** Opens the store of the place. */
  open(): Promise<ByteStore>;
  /** Damages the stored rows while the store is closed; needed for backends with `damage`. */
  damage?(): Promise<void>;
}

/** One law of state backends. */
export interface ByteStoreCheck {
  /** The law; starts with "not applicable" and the reason when the manifest excludes it. */
  readonly name: string;
  /** False when the manifest excludes the law; `run` does nothing then. */
  readonly applies: boolean;
  /** Throws when the law is broken. */
  run(place: ByteStorePlace): Promise<void>;
}

const feature = option.required(option.flag);

const manifestChecks: OptionChecks<BackendManifest> = {
  durable: feature,
  remote: feature,
  fenced: feature,
  damage: feature,
};

/**
 * Returns the laws of state backends, for any test framework. Laws that do not apply are listed too, under a name that
 * says so.
 *
 * @example
 * const manifest = { durable: true, remote: true, fenced: true, damage: false }
 * for (const { name, run } of byteStoreChecks(manifest)) test(name, async () => run({ open: await newPlace() }))
 */
export const byteStoreChecks = (manifest: BackendManifest): readonly ByteStoreCheck[] => {
  checkOptions('byteStoreChecks', manifest, manifestChecks);
  return laws.map(({ name, needs = {}, run }) => {
    const [unmet] = Object.entries(needs).filter(
      ([feature, value]) => manifest[feature as keyof BackendManifest] !== value,
    );
    if (unmet === undefined) return { name, applies: true, run };
    const [feature, value] = unmet;
    return { name: `not applicable (${value ? 'not ' : ''}${feature}): ${name}`, applies: false, run: async () => {} };
  });
};

interface Law extends Omit<ByteStoreCheck, 'applies'> {
  /** The features of the backends that the law applies to; all backends by default. */
  readonly needs?: Partial<BackendManifest>;
}

const laws: readonly Law[] = [
  {
    name: 'returns the last written value, and undefined for a key that was never written or was deleted',
    run: (place) =>
      using(place, async (store) => {
        same(await read(store, 'a'), undefined, 'a key never written');
        await store.commit(writes({ a: '1', b: '2', empty: '' }));
        await store.commit(writes({ b: undefined, never: undefined }));
        same(await read(store, 'a'), '1', 'a written key');
        same(await read(store, 'b'), undefined, 'a deleted key');
        same(await read(store, 'empty'), '', 'a value of no bytes');
      }),
  },
  {
    name: 'distinguishes keys that end in zeros, and keeps every byte',
    run: (place) =>
      using(place, async (store) => {
        const all = Uint8Array.from({ length: 256 }, (_, i) => i);
        const keys = [[1], [1, 0], [1, 0, 0], [128], [255], [255, 255]].map((key) => Uint8Array.from(key));
        await store.commit(keys.map((key, i) => [key, i === 0 ? all : Uint8Array.of(i)]));
        for (const [i, key] of keys.entries()) {
          same(await readBytes(store, key), i === 0 ? all : Uint8Array.of(i), `the value of key ${key}`);
        }
      }),
  },
  {
    name: 'returns plain Uint8Arrays',
    run: (place) =>
      using(place, async (store) => {
        await store.commit(writes({ a: '1' }));
        const found = [await readBytes(store, toUtf8('a'))];
        for await (const entry of store.scan(toUtf8('a'), toUtf8('b'))) found.push(...entry);
        same(found.map((bytes) => bytes?.constructor.name).join(), 'Uint8Array,Uint8Array,Uint8Array', 'the types');
      }),
  },
  {
    name: 'applies the later of two writes of a key in a commit',
    run: (place) =>
      using(place, async (store) => {
        await store.commit([...writes({ a: '1', b: '1' }), ...writes({ a: '2', b: undefined })]);
        await store.commit([...writes({ c: undefined }), ...writes({ c: '3' })]);
        same(await entries(store, '', '~'), ['a=2', 'c=3'], 'the rows');
      }),
  },
  {
    name: 'accepts an empty commit',
    run: (place) => using(place, async (store) => store.commit([])),
  },
  {
    name: 'keeps its rows when the bytes of a committed key change afterwards',
    run: (place) =>
      using(place, async (store) => {
        const key = toUtf8('abc');
        await store.commit([[key, toUtf8('1')]]);
        key.fill(0);
        same(await read(store, 'abc'), '1', 'the row');
      }),
  },
  {
    name: 'scans in unsigned byte order or in reverse, from the first bound to before the second',
    run: (place) =>
      using(place, async (store) => {
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
    name: 'scans thousands of rows, and ends a scan that is left early',
    run: (place) =>
      using(place, async (store) => {
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
    run: (place) =>
      using(place, async (store) => {
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
    run: (place) =>
      using(place, async (store) => {
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
    run: (place) =>
      using(place, async (store) => {
        await store.commit(writes({ a: '1', b: '1', bb: '1', c: '1' }));
        await store.clear(toUtf8('b'), toUtf8('c'));
        await store.clear(toUtf8('x'), toUtf8('a'));
        same(await entries(store, '', '~'), ['a=1', 'c=1'], 'the rows left');
        same(await read(store, 'bb'), undefined, 'a cleared row');
      }),
  },
  {
    name: 'has loaded every key of a prefetch',
    needs: { remote: true },
    run: (place) =>
      using(place, async (store) => {
        await store.commit(writes({ a: '1', b: '2' }));
        const keys = ['a', 'b', 'missing'].map(toUtf8);
        await store.prefetchKeys?.(keys);
        same(store.prefetchKeys?.(keys), undefined, 'a prefetch of loaded keys');
        const found = keys.map((key) => store.get(key)).map((bytes) => bytes && fromUtf8(bytes));
        same(found.join(), '1,2,', 'the values');
      }),
  },
  {
    name: 'refuses every call once it is closed',
    run: async (place) => {
      const store = await place.open();
      await store.commit(writes({ a: '1' }));
      await store.close();
      await refuses(() => store.commit(writes({ a: '2' })), 'a commit on a closed store');
      await refuses(() => store.clear(toUtf8('a'), toUtf8('b')), 'a clear on a closed store');
      await refuses(() => read(store, 'a'), 'a get on a closed store');
      await refuses(() => entries(store, 'a', 'b'), 'a scan on a closed store');
    },
  },
  {
    name: 'keeps committed rows after a close, for the same owner',
    needs: { durable: true },
    run: async (place) => {
      const first = await place.open();
      await first.commit(writes({ a: '1', b: '1', c: '1' }));
      await first.commit(writes({ b: undefined, c: '2' }));
      await first.close();
      await using(place, async (second) => {
        same(await entries(second, '', '~'), ['a=1', 'c=2'], 'the rows');
        same(second.owner, first.owner, 'the owner');
      });
    },
  },
  {
    name: 'gives two stores open at the same time two owners and separate rows',
    needs: { fenced: false },
    run: (place) =>
      using(place, (one) =>
        using(place, async (other) => {
          same(one.owner !== other.owner, true, 'whether the owners differ');
          await one.commit(writes({ a: '1' }));
          same(await read(other, 'a'), undefined, "the other store's row");
        }),
      ),
  },
  {
    name: 'reads every key at once',
    needs: { remote: false },
    run: (place) =>
      using(place, async (store) => {
        await store.commit(writes({ a: '1' }));
        same(
          [store.get(toUtf8('a')), store.get(toUtf8('never'))].map((bytes) => bytes?.length),
          [1, undefined],
          'the rows',
        );
        same(readsWait(store), false, 'whether reads wait');
      }),
  },
  {
    name: 'throws Pending for a key that is not loaded, whose promise lets it be read',
    needs: { remote: true },
    run: (place) =>
      using(place, async (store) => {
        const key = toUtf8('never written');
        const until = pendingOf(() => store.get(key));
        same(until !== undefined, true, 'whether the first read is pending');
        await until;
        same(store.get(key), undefined, 'the row');
      }),
  },
  {
    name: 'loads the misses of one turn together',
    needs: { remote: true },
    run: (place) =>
      using(place, async (store) => {
        const keys = Array.from({ length: 20 }, (_, i) => toUtf8(`k${i}`));
        const until = new Set(keys.map((key) => pendingOf(() => store.get(key))));
        same(until.has(undefined), false, 'whether a key was loaded before');
        await Promise.all(until);
        same(
          keys.map((key) => store.get(key)).filter((bytes) => bytes !== undefined),
          [],
          'the rows',
        );
      }),
  },
  {
    name: 'takes over a place, and fences the store that had it open',
    needs: { fenced: true },
    run: async (place) => {
      const first = await place.open();
      await first.commit(writes({ a: '1' }));
      await using(place, async (second) => {
        const thrown = await first.commit(writes({ a: '2' })).catch((error: unknown) => error);
        same(thrown instanceof FencedError, true, 'whether the first store is fenced');
        same(await read(second, 'a'), '1', 'the row');
        same(second.owner, first.owner, 'the owner');
        await second.commit(writes({ a: '3' }));
        same(await read(second, 'a'), '3', 'the row after another commit');
      });
      await first.close();
    },
  },
  {
    name: 'detects damaged rows, and is empty after mend',
    needs: { damage: true },
    run: async (place) => {
      const first = await place.open();
      await first.commit([[toUtf8('a'), new Uint8Array(10_000).fill(7)]]);
      await first.close();
      await place.damage?.();
      await using(place, async (store) => {
        same(store.damage, undefined, 'the damage before a read');
        const thrown = await readBytes(store, toUtf8('a')).catch((error: unknown) => error);
        same(thrown instanceof StorageError && thrown.damaged, true, 'whether a damaged row is refused as damaged');
        same(store.damage === thrown, true, 'whether the damage is kept');
        await store.mend?.();
        same(store.damage, undefined, 'the damage once mended');
        same(await entries(store, '', '~'), [], 'the rows once mended');
        same(store.owner, first.owner, 'the owner');
        await store.commit(writes({ a: '1' }));
        same(await read(store, 'a'), '1', 'a row committed afterwards');
      });
    },
  },
];
