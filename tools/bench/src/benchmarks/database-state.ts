/**
 * Measures state in a database against its bare client: rows are written in batches, and read in batches by a cache that
 * holds none of them.
 */
import { bigtable } from '@kstreams/bigtable';
import { postgres } from '@kstreams/postgres';
import { redis } from '@kstreams/redis';
import { newBigtableTable } from '@kstreams/test-support/bigtable-table';
import type { Backend } from 'kstreams';
import { type ByteStore, toUtf8 } from 'kstreams/authors';
import pg from 'pg';
import { createClient } from 'redis';
import type { Benchmark, Trial } from '../benchmark.js';

const batch = 500;
const value = new Uint8Array(100).fill(1);

/** Reads and writes rows in batches. */
interface Rows {
  readonly write: (keys: readonly Uint8Array[]) => Promise<void>;
  /** Returns the sizes of the rows, added up. */
  readonly read: (keys: readonly Uint8Array[]) => Promise<number>;
  readonly close: () => Promise<void>;
}

const trial = async (size: number, open: (name: string) => Promise<Rows>): Promise<Trial> => {
  const { close, read, write } = await open(`bench-${crypto.randomUUID()}`);
  let bytes = 0;
  return {
    run: async () => {
      const batches = Array.from({ length: size / batch }, (_, at) =>
        Array.from({ length: batch }, (_, i) => toUtf8(`row-${at * batch + i}`)),
      );
      for (const keys of batches) await write(keys);
      for (const keys of batches) bytes += await read(keys);
    },
    result: () => bytes,
    close,
  };
};

/**
 * The store that was opened last. V8 drops compiled code with the last object of its classes, and garbage is collected between
 * runs; an application has its store all the time.
 */
const kept = new Set<ByteStore>();

/** Returns the rows of a backend whose cache holds the rows of one batch. */
const backendRows = async (backend: Backend, close: () => Promise<void>): Promise<Rows> => {
  const store = await backend.open('');
  kept.clear();
  kept.add(store);
  return {
    write: (keys) => store.commit(keys.map((key) => [key, value])),
    read: async (keys) => {
      await store.prefetchKeys?.(keys);
      return keys.reduce((sum, key) => sum + (store.get(key)?.length ?? Number.NaN), 0);
    },
    close: async () => {
      await store.close();
      await close();
    },
  };
};

const memory = batch * 400;

/** State in Redis. The client has no index of keys, which the state has for scans. */
export const redisState = (address: string): Benchmark => {
  const connect = () => createClient({ url: `redis://${address}` }).connect();
  return {
    name: 'redis-state',
    compares: `rows in batches of ${batch} through a cold cache; HSET and HMGET of the client`,
    unit: 'rows',
    size: 10_000,
    kstreams: (size) =>
      trial(size, async (space) => {
        const client = await connect();
        return backendRows(redis({ client, space, memory }), async () => {
          await client.del(['rows', 'order', 'owner'].map((part) => `kstreams:{${space}}:${part}`));
          await client.close();
        });
      }),
    byHand: (size) =>
      trial(size, async (name) => {
        const client = await connect();
        const buffers = (keys: readonly Uint8Array[]): Buffer[] => keys.map((key) => Buffer.from(key));
        const stored = Buffer.from(value);
        return {
          write: async (keys) => {
            await client.hSet(
              name,
              buffers(keys).flatMap((key) => [key, stored]),
            );
          },
          read: async (keys) => {
            const found = await client.withTypeMapping({ 36: Buffer }).hmGet(name, buffers(keys));
            return found.reduce((sum, one) => sum + (one?.length ?? Number.NaN), 0);
          },
          close: async () => {
            await client.del(name);
            await client.close();
          },
        };
      }),
  };
};

/** State in PostgreSQL. */
export const postgresState = (connectionString: string): Benchmark => {
  const connect = () => new pg.Pool({ connectionString, max: 2 });
  return {
    name: 'postgres-state',
    compares: `rows in batches of ${batch} through a cold cache; insert and select of the client, with unnest`,
    unit: 'rows',
    size: 10_000,
    kstreams: (size) =>
      trial(size, async (space) => {
        const pool = connect();
        return backendRows(postgres({ pool, space, schema: space, memory }), async () => {
          await pool.query(`drop schema "${space}" cascade`);
          await pool.end();
        });
      }),
    byHand: (size) =>
      trial(size, async (name) => {
        const pool = connect();
        await pool.query(`create table "${name}" (key bytea primary key, value bytea not null)`);
        const buffers = (keys: readonly Uint8Array[]): Buffer[] => keys.map((key) => Buffer.from(key));
        return {
          write: async (keys) => {
            await pool.query({
              name: 'write',
              text: `insert into "${name}" select * from unnest($1::bytea[], $2::bytea[])
                on conflict (key) do update set value = excluded.value`,
              values: [buffers(keys), keys.map(() => Buffer.from(value))],
            });
          },
          read: async (keys) => {
            const text = `select key, value from "${name}" where key = any($1::bytea[])`;
            const { rows } = await pool.query({ name: 'read', text, values: [buffers(keys)] });
            return rows.reduce((sum: number, row: { readonly value: Buffer }) => sum + row.value.length, 0);
          },
          close: async () => {
            await pool.query(`drop table "${name}"`);
            await pool.end();
          },
        };
      }),
  };
};

/** State in Bigtable. The client writes rows that count at once. */
export const bigtableState = (address: string): Benchmark => ({
  name: 'bigtable-state',
  compares: `rows in batches of ${batch} through a cold cache; mutate and getRows of the client`,
  unit: 'rows',
  size: 10_000,
  kstreams: (size) =>
    trial(size, async (space) => {
      const { close, table } = await newBigtableTable(address);
      return backendRows(bigtable({ table, space, memory }), async () => void (await close()));
    }),
  byHand: (size) =>
    trial(size, async (name) => {
      const { close, table } = await newBigtableTable(address);
      const rowKeys = (keys: readonly Uint8Array[]): Buffer[] =>
        keys.map((key) => Buffer.from(`${name}/${String(key)}`));
      const stored = Buffer.from(value);
      const setCell = {
        familyName: 'kstreams',
        columnQualifier: Buffer.from('value'),
        timestampMicros: 1_000,
        value: stored,
      };
      return {
        write: async (keys) => {
          const entries = rowKeys(keys).map((rowKey) => ({ rowKey, mutations: [{ setCell }] }));
          await table.mutate(entries, { rawMutation: true });
        },
        read: async (keys) => {
          const [rows] = await table.getRows({
            decode: false,
            keys: rowKeys(keys),
            filter: [{ column: { cellLimit: 1 } }],
          });
          return rows.reduce((sum, { data }) => sum + (data.kstreams?.value?.[0]?.value.length ?? Number.NaN), 0);
        },
        close: async () => void (await close()),
      };
    }),
});
