/** The state backends whose guarantees are tested: the columns of the table in docs/stores.md. */
import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bigtable } from '@kstreams/bigtable';
import { level } from '@kstreams/level';
import { postgres } from '@kstreams/postgres';
import { redis } from '@kstreams/redis';
import { folder, snapshots } from '@kstreams/snapshots';
import { newBigtableTable } from '@kstreams/test-support/bigtable-table';
import type { Service } from '@kstreams/test-support/services';
import { memory } from 'kstreams';
import type { Backend } from 'kstreams/authors';
import pg from 'pg';
import { createClient } from 'redis';

/** The state of one application, in a place that is empty at first. */
export interface Place {
  readonly state: Backend;
  /** Loses the rows while the application is stopped: the process, its disk, or the database. Copies in a bucket stay. */
  readonly lose: () => Promise<void>;
  /** Copies the rows while the application is stopped. Returns a function that sets them back; all are lost without it. */
  readonly copy?: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<unknown>;
}

/** A backend whose guarantees are tested. */
export interface TestedBackend {
  readonly name: string;
  /** The service that it needs; none unless set. */
  readonly service?: Service;
  /** Opens a place. `root` is an empty folder, and `address` that of the service. */
  readonly open: (root: string, address: string) => Promise<Place>;
}

const nothing = async (): Promise<void> => {};

const onDisk = (name: string, stateOf: (root: string) => Backend): TestedBackend => ({
  name,
  open: async (root) => {
    const state = stateOf(root);
    const disk = join(root, 'disk');
    return {
      state: { ...state, open: (_, settings) => state.open(disk, settings) },
      lose: () => rm(disk, { recursive: true, force: true }),
      copy: async () => {
        const copied = join(root, 'copied');
        await cp(disk, copied, { recursive: true });
        return async () => {
          await rm(disk, { recursive: true });
          await rename(copied, disk);
        };
      },
      close: nothing,
    };
  },
});

/** The backends, in the order of the table. */
export const backends: readonly TestedBackend[] = [
  { name: 'memory', open: async () => ({ state: memory(), lose: nothing, close: nothing }) },
  onDisk('level', () => level()),
  onDisk('snapshots', (root) => snapshots(level(), folder(join(root, 'bucket')), { every: 1 })),
  {
    name: 'postgres',
    service: 'postgres',
    open: async (_, connectionString) => {
      const pool = new pg.Pool({ connectionString, max: 4 });
      const schema = `guarantees-${crypto.randomUUID()}`;
      return {
        state: postgres({ pool, schema, space: 'shop-0', format: 'json' }),
        lose: async () => void (await pool.query(`truncate "${schema}".rows`)),
        copy: async () => {
          await pool.query(`create table "${schema}".copied as select * from "${schema}".rows`);
          return async () => {
            await pool.query(
              `truncate "${schema}".rows; insert into "${schema}".rows select * from "${schema}".copied`,
            );
          };
        },
        close: async () => {
          await pool.query(`drop schema if exists "${schema}" cascade`);
          await pool.end();
        },
      };
    },
  },
  {
    name: 'redis',
    service: 'redis',
    open: async (_, address) => {
      const client = await createClient({ url: `redis://${address}` }).connect();
      const prefix = `guarantees-${crypto.randomUUID()}`;
      const keys = ['rows', 'order', 'owner'].map((part) => `${prefix}:{shop-0}:${part}`);
      const lose = async (): Promise<void> => void (await client.del(keys));
      const copy = async () => {
        for (const key of keys) await client.copy(key, `copied-${key}`);
        return async () => {
          for (const key of keys) await client.rename(`copied-${key}`, key);
        };
      };
      return {
        state: redis({ client, prefix, space: 'shop-0', format: 'json' }),
        lose,
        copy,
        close: async () => {
          await lose();
          await client.close();
        },
      };
    },
  },
  {
    name: 'bigtable',
    service: 'bigtable',
    open: async (_, address) => {
      const { close, table } = await newBigtableTable(address);
      let space = 0;
      const open: Backend['open'] = (...place) => bigtable({ table, space: `shop-${space}` }).open(...place);
      return { state: { name: 'bigtable', open }, lose: async () => void space++, close };
    },
  },
];
