import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bigtable } from '@kstreams/bigtable';
import { level } from '@kstreams/level';
import { postgres } from '@kstreams/postgres';
import { redis } from '@kstreams/redis';
import { folder, snapshots } from '@kstreams/snapshots';
import { memoryStore } from '@kstreams/stores';
import { newBigtableTable } from '@kstreams/test-support/bigtable-table';
import type { Backend, ByteStore } from 'kstreams/authors';
import { Pool } from 'pg';
import { createClient } from 'redis';

/** The state of the applications of one mode. */
export interface States {
  /** True when records wait for rows, which other keys overtake. */
  readonly waits: boolean;
  /** Returns the state of an application. It outlives a close; on another disk, only copies in a bucket are left. */
  backend(application: string, disk: number): Backend;
  close(): Promise<void>;
}

/** State in memory that outlives its applications. */
export const inMemory = (): States => {
  const stores = new Map<string, ByteStore>();
  return {
    waits: false,
    backend: (application, disk) => {
      const place = `${application} ${disk}`;
      const bytes = stores.get(place) ?? memoryStore();
      stores.set(place, bytes);
      return { name: 'memory', open: async () => withoutClose(bytes) };
    },
    close: async () => stores.clear(),
  };
};

const onDisk = async (waits: boolean, backendOf: (root: string, application: string) => Backend): Promise<States> => {
  const root = await mkdtemp(join(tmpdir(), 'conformance-'));
  return {
    waits,
    backend: (application, disk) => {
      const backend = backendOf(root, application);
      return { ...backend, open: (_, settings) => backend.open(join(root, application, `${disk}`), settings) };
    },
    close: () => rm(root, { recursive: true }),
  };
};

const addressIn = (variable: string): string => {
  const address = process.env[variable];
  if (!address) throw new Error(`set ${variable} to the address of its service`);
  return address;
};

/** The states of applications by name, for `--state`. Databases write rows in JSON, too, so that those are decoded. */
export const namedStates: Readonly<Record<string, () => Promise<States>>> = {
  memory: async () => inMemory(),
  level: () => onDisk(false, () => level({ verify: false })),
  snapshots: () =>
    onDisk(true, (root, prefix) => snapshots(level(), folder(join(root, 'bucket')), { prefix, every: 1 })),
  'snapshots-larger-than-disk': () =>
    onDisk(true, (root, prefix) => snapshots(level(), folder(join(root, 'bucket')), { prefix, every: 1, disk: 1_000 })),
  redis: async () => {
    const client = await createClient({ url: `redis://${addressIn('KSTREAMS_REDIS')}` }).connect();
    const prefix = `conformance-${crypto.randomUUID()}`;
    return {
      waits: true,
      backend: (application, disk) => redis({ client, prefix, space: `${application}-${disk}`, format: 'json' }),
      close: () => client.close(),
    };
  },
  postgres: async () => {
    const pool = new Pool({ connectionString: addressIn('KSTREAMS_POSTGRES'), max: 4 });
    const schema = `conformance-${crypto.randomUUID()}`;
    return {
      waits: true,
      backend: (application, disk) => postgres({ pool, schema, space: `${application}-${disk}`, format: 'json' }),
      close: async () => {
        await pool.query(`drop schema if exists "${schema}" cascade`);
        await pool.end();
      },
    };
  },
  bigtable: async () => {
    const { close, table } = await newBigtableTable(addressIn('KSTREAMS_BIGTABLE'));
    return {
      waits: true,
      backend: (application, disk) => bigtable({ table, space: `${application}-${disk}`, format: 'json' }),
      close: async () => {
        await close();
      },
    };
  },
};

const withoutClose = (bytes: ByteStore): ByteStore => ({
  owner: bytes.owner,
  get: (key) => bytes.get(key),
  scan: (from, to, options) => bytes.scan(from, to, options),
  commit: (writes) => bytes.commit(writes),
  clear: (from, to) => bytes.clear(from, to),
  close: async () => {},
});
