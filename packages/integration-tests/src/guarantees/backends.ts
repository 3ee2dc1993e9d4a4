/** The state backends whose guarantees are tested: the columns of the table in docs/stores.md. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { level } from '@kstreams/level';
import { postgres } from '@kstreams/postgres';
import { redis } from '@kstreams/redis';
import { folder, snapshots } from '@kstreams/snapshots';
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
  readonly close: () => Promise<void>;
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
      const lose = async (): Promise<void> => {
        for await (const keys of client.scanIterator({ MATCH: `${prefix}:*` }))
          if (keys.length > 0) await client.del(keys);
      };
      return {
        state: redis({ client, prefix, space: 'shop-0', format: 'json' }),
        lose,
        close: async () => {
          await lose();
          await client.close();
        },
      };
    },
  },
];
