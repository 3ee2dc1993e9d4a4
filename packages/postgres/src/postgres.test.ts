import { expect, test } from '@jest/globals';
import { FencedError, StorageError, toUtf8, type Write } from '@kstreams/core/graph';
import { describeWith } from '@kstreams/test-support/services';
import { byteStoreChecks } from '@kstreams/testing';
import pg from 'pg';
import { postgres } from './postgres.js';
import { openStorage } from './postgres-storage.js';

const manifest = { durable: true, remote: true, fenced: true, damage: false };

describeWith('postgres', 'state in PostgreSQL', (connectionString) => {
  let spaces = 0;
  const schema = `state "${crypto.randomUUID()}"`;
  const using = async (work: (pool: pg.Pool, space: string) => Promise<void>): Promise<void> => {
    const pool = new pg.Pool({ connectionString, max: 4 });
    try {
      await work(pool, `space-${spaces++}`);
    } finally {
      await pool.end();
    }
  };

  test.each(byteStoreChecks(manifest))('$name', ({ run }) =>
    using((pool, space) => run({ open: () => postgres({ pool, space, schema }).open('') })),
  );

  test('processes that start at once create the tables once, and have separate rows', () =>
    using(async (pool) => {
      const fresh = `fresh ${crypto.randomUUID()}`;
      const stores = await Promise.all(
        ['a', 'b', 'c'].map((space) => postgres({ pool, space, schema: fresh }).open('')),
      );
      expect(new Set(stores.map(({ owner }) => owner)).size).toBe(3);
      for (const [i, store] of stores.entries()) await store.commit([[toUtf8('key'), Uint8Array.of(i)]]);
      for (const [i, store] of stores.entries()) {
        await store.prefetchKeys?.([toUtf8('key')]);
        expect(store.get(toUtf8('key'))).toEqual(Uint8Array.of(i));
        await store.close();
      }
    }));

  test('a commit of many statements applies all of its writes, or none once the space is taken over', () =>
    using(async (pool, space) => {
      const place = { pool, schema, space };
      const large = (fill: number): Write[] =>
        Array.from({ length: 20 }, (_, i) => [toUtf8(`k${i}`), new Uint8Array(1_024 ** 2).fill(fill)]);
      const keys = large(0).map(([key]) => key);
      const first = await openStorage(place);
      await first.commit(large(1));
      const second = await openStorage(place);
      await expect(first.commit(large(2))).rejects.toThrow(FencedError);
      await expect(first.clear(toUtf8('a'), toUtf8('z'))).rejects.toThrow(FencedError);
      expect((await second.getMany(keys)).map((value) => value?.[0])).toEqual(keys.map(() => 1));
      await second.commit(keys.map((key) => [key, undefined]));
      expect(await second.getMany(keys)).toEqual(keys.map(() => undefined));
    }));

  test('hot rows have room for their next versions, and no index on what changes', () =>
    using(async (pool, space) => {
      const store = await postgres({ pool, space, schema }).open('');
      const { rows: tables } = await pool.query(
        `select relname, reloptions, array(select pg_get_indexdef(indexrelid) from pg_index where indrelid = t.oid) as indexes
           from pg_class t where relkind = 'r' and relnamespace = (select oid from pg_namespace where nspname = $1)
          order by relname`,
        [schema],
      );
      expect(tables.map(({ relname, reloptions }) => [relname, reloptions])).toEqual([
        ['rows', ['fillfactor=80']],
        ['spaces', ['fillfactor=50']],
      ]);
      const [{ indexes }] = tables as [{ indexes: readonly string[] }];
      expect(indexes.map((index) => index.slice(index.indexOf('(')))).toEqual(['(space, key)']);
      await store.close();
    }));

  test('the connections of scans go back to the pool, whether they end, are left or fail', () =>
    using(async (pool, space) => {
      const storage = await openStorage({ pool, schema, space });
      await storage.commit(Array.from({ length: 2_500 }, (_, i) => [toUtf8(`k${i}`), toUtf8('v')]));
      for (let scan = 0; scan < 10; scan++) {
        for await (const _ of storage.scan(toUtf8('k'), toUtf8('l'))) if (scan % 2 === 0) break;
      }
      await pool.query(`alter table "${schema.replaceAll('"', '""')}".rows rename to hidden`);
      const failing = async () => {
        for await (const _ of storage.scan(toUtf8('k'), toUtf8('l')));
      };
      for (let scan = 0; scan < 10; scan++) await expect(failing()).rejects.toThrow(/does not exist/);
      await pool.query(`alter table "${schema.replaceAll('"', '""')}".hidden rename to rows`);
      expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([pool.idleCount, pool.totalCount, 0]);
    }));
});

test('a database that cannot be reached is a StorageError that names the space', async () => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const opening = postgres({ pool, space: 'shop-0' }).open('');
  await expect(opening).rejects.toThrow(StorageError);
  await expect(opening).rejects.toThrow(/the space "shop-0" of PostgreSQL cannot be opened: /);
  await pool.end();
});

test('a missing or unknown option is refused', () => {
  const pool = new pg.Pool();
  expect(() => postgres({ pool } as never)).toThrow(/option "space" of postgres is missing/);
  expect(() => postgres({ pool, space: 'a', scheme: 'b' } as never)).toThrow(/has no option "scheme"/);
});
