import {
  type Bucket,
  type Bytes,
  checkOptions,
  fromUtf8,
  type OptionChecks,
  option,
  toUtf8,
} from '@kstreams/core/graph';
import { refuses, same } from './byte-store-steps.js';

/** One law of buckets. */
export interface BucketCheck {
  readonly name: string;
  /** Throws when the law is broken. Writes below a new prefix and deletes what it wrote. */
  run(bucket: Bucket): Promise<void>;
}

/** Options of {@link bucketChecks}. */
export interface BucketCheckOptions {
  /** The number of objects on a page of a list; 1,000 by default, as in S3. The checks write a few more. */
  readonly page?: number;
}

const checks: OptionChecks<BucketCheckOptions> = { page: option.count };

/**
 * Returns the laws of buckets, for any test framework.
 *
 * @example
 * for (const { name, run } of bucketChecks()) test(name, () => run(folder('states')))
 */
export const bucketChecks = (options: BucketCheckOptions = {}): readonly BucketCheck[] => {
  checkOptions('bucketChecks', options, checks);
  const { page = 1_000 } = options;
  return laws.map(({ name, run }) => ({
    name,
    run: async (bucket) => {
      const prefix = `check-${crypto.randomUUID()}/`;
      try {
        await run(bucket, prefix, page + 5);
      } finally {
        await bucket.delete((await listed(bucket, prefix)).map((key) => prefix + key));
      }
    },
  }));
};

interface Law {
  readonly name: string;
  /** `several` is the number of objects on more than one page. */
  readonly run: (bucket: Bucket, prefix: string, several: number) => Promise<void>;
}

const laws: readonly Law[] = [
  {
    name: 'returns the bytes that were written, and undefined for an object that does not exist',
    run: async (bucket, at) => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      same(await bucket.put(`${at}a`, all), true, 'whether the object was written');
      same(await bucket.put(`${at}empty`, new Uint8Array()), true, 'whether the empty object was written');
      const found = await bucket.get(`${at}a`);
      same(found, all, 'the object');
      same(found?.constructor.name, 'Uint8Array', 'its type');
      same((await bucket.get(`${at}empty`))?.length, 0, 'the length of the empty object');
      same(await bucket.get(`${at}b`), undefined, 'an object that was never written');
      same(await bucket.get(`${at}never/b`), undefined, 'an object below a prefix that was never written');
    },
  },
  {
    name: 'returns a range, and fewer bytes at the end of the object',
    run: async (bucket, at) => {
      const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
      await bucket.put(`${at}a`, bytes);
      for (const [offset, length] of [
        [0, 1],
        [0, 100],
        [10, 20],
        [99, 1],
        [90, 50],
      ] as const) {
        const range = await bucket.get(`${at}a`, { range: { offset, length } });
        same(range, bytes.slice(offset, offset + length), `${length} bytes from ${offset}`);
      }
      same(await bucket.get(`${at}b`, { range: { offset: 0, length: 1 } }), undefined, 'a range of no object');
    },
  },
  {
    name: 'replaces an object, and keeps its bytes when the array of the write changes afterwards',
    run: async (bucket, at) => {
      const bytes = toUtf8('first');
      await bucket.put(`${at}a`, bytes);
      bytes.fill(0);
      same(await text(bucket, `${at}a`), 'first', 'the object');
      same(await bucket.put(`${at}a`, toUtf8('second')), true, 'whether it was replaced');
      same(await text(bucket, `${at}a`), 'second', 'the new object');
    },
  },
  {
    name: 'writes with ifAbsent only where there is no object, also after a delete',
    run: async (bucket, at) => {
      const put = (content: string): Promise<boolean> => bucket.put(`${at}a`, toUtf8(content), { ifAbsent: true });
      same(await put('first'), true, 'whether the first write took effect');
      same(await put('second'), false, 'whether the second write took effect');
      same(await put('first'), false, 'whether a write of equal bytes took effect');
      same(await text(bucket, `${at}a`), 'first', 'the object');
      await bucket.delete([`${at}a`]);
      same(await put('third'), true, 'whether a write after a delete took effect');
      same(await text(bucket, `${at}a`), 'third', 'the new object');
    },
  },
  {
    name: 'lets one of several concurrent writes with ifAbsent win, whole',
    run: async (bucket, at) => {
      const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(50_000));
      const won = await Promise.all(
        contents.map((content) => bucket.put(`${at}a`, toUtf8(content), { ifAbsent: true })),
      );
      same(won.filter((one) => one).length, 1, 'the number of writes that took effect');
      same((await text(bucket, `${at}a`)) === contents[won.indexOf(true)], true, 'whether the object is the winner');
    },
  },
  {
    name: 'replaces a version of an object, and no other one',
    run: async (bucket, at) => {
      const replace = (content: string, version: string | undefined): Promise<string | undefined> =>
        bucket.replace(`${at}a`, toUtf8(content), version);
      same(await bucket.getVersion(`${at}a`), undefined, 'an object that was never written');
      const first = await replace('first', undefined);
      same(typeof first, 'string', 'the type of the first version');
      same(await replace('other', undefined), undefined, 'the version of a second new object');
      const second = await replace('second', first);
      same(typeof second, 'string', 'the type of the second version');
      same(await replace('late', first), undefined, 'the version of a late write');
      same(await bucket.getVersion(`${at}a`), { bytes: toUtf8('second'), version: second }, 'the object');
      same(await text(bucket, `${at}a`), 'second', 'the object without its version');
      same(await listed(bucket, at), ['a'], 'the keys');
      await bucket.delete([`${at}a`]);
      same(await bucket.getVersion(`${at}a`), undefined, 'the deleted object');
      same(await replace('third', second), undefined, 'the version of a write in place of a deleted object');
      same(await text(bucket, `${at}a`), undefined, 'the object after that write');
      same(typeof (await replace('fourth', undefined)), 'string', 'the type of a version after the delete');
    },
  },
  {
    name: 'lets one of several concurrent replacements of a version win, whole',
    run: async (bucket, at) => {
      let version = await bucket.replace(`${at}a`, toUtf8('first'), undefined);
      for (let round = 0; round < 3; round++) {
        const contents = Array.from({ length: 6 }, (_, i) => `${round}${i}`.repeat(20_000));
        const replace = (content: string) => bucket.replace(`${at}a`, toUtf8(content), version);
        const versions = await Promise.all(contents.map(replace));
        same(versions.filter((one) => one !== undefined).length, 1, 'the number of writes that took effect');
        const winner = versions.findIndex((one) => one !== undefined);
        version = versions[winner];
        const found = await bucket.getVersion(`${at}a`);
        same(found?.version, version, 'the version');
        same(
          found !== undefined && fromUtf8(found.bytes) === contents[winner],
          true,
          'whether the object is the winner',
        );
      }
    },
  },
  {
    name: 'lists each object of a prefix once, with its size and time, on all pages',
    run: async (bucket, at, several) => {
      const keys = Array.from({ length: several }, (_, i) => `many/${i % 3}/${i}`);
      for (let i = 0; i < keys.length; i += 50) {
        await Promise.all(keys.slice(i, i + 50).map((key) => bucket.put(at + key, toUtf8(key))));
      }
      await bucket.put(`${at}man`, toUtf8('x'));
      await bucket.put(`${at}many.more`, toUtf8('12345'));
      same(
        (await listed(bucket, `${at}many/`)).join(),
        [...keys]
          .sort()
          .map((key) => key.slice(5))
          .join(),
        'the keys',
      );
      same((await listed(bucket, `${at}many`)).length, several + 1, 'the number of objects of a prefix within a name');
      same(await listed(bucket, `${at}none/`), [], 'the objects of an unused prefix');
      for await (const { key, modified, size } of bucket.list(`${at}many.`)) {
        same(key, `${at}many.more`, 'the key');
        same(size, 5, 'the size');
        same(Number.isFinite(modified) && modified > Date.UTC(2020), true, 'whether its time is in ms');
      }
    },
  },
  {
    name: 'deletes objects, and ignores those that do not exist',
    run: async (bucket, at, several) => {
      const keys = Array.from({ length: several }, (_, i) => `${at}${i}`);
      for (const i of [0, 1, several - 1]) await bucket.put(keys[i] as string, toUtf8('x'));
      await bucket.put(`${at}kept`, toUtf8('x'));
      await bucket.delete(keys);
      await bucket.delete(keys.slice(0, 1));
      await bucket.delete([]);
      same(await listed(bucket, at), ['kept'], 'the objects left');
      same(await bucket.get(keys[0] as string), undefined, 'a deleted object');
    },
  },
  {
    name: 'refuses calls whose signal is aborted, and writes nothing',
    run: async (bucket, at) => {
      const signal = AbortSignal.abort(new Error('stopped'));
      await refuses(() => bucket.put(`${at}a`, toUtf8('x'), { signal }), 'a write');
      await refuses(() => bucket.get(`${at}a`, { signal }), 'a read');
      await refuses(() => bucket.getVersion(`${at}a`, { signal }), 'a read of a version');
      await refuses(() => bucket.replace(`${at}a`, toUtf8('x'), undefined, { signal }), 'a replacement');
      await refuses(() => bucket.delete([`${at}a`], { signal }), 'a delete');
      await refuses(async () => {
        for await (const _ of bucket.list(at, { signal }));
      }, 'a list');
      same(await listed(bucket, at), [], 'the objects');
    },
  },
];

const text = async (bucket: Bucket, key: string): Promise<string | undefined> => {
  const bytes: Bytes | undefined = await bucket.get(key);
  return bytes && fromUtf8(bytes);
};

/** Returns the sorted keys of a prefix, without it. */
const listed = async (bucket: Bucket, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix)) keys.push(key.slice(prefix.length));
  return keys.sort();
};
