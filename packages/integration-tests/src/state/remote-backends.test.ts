/** Applications with state in a database: crashes, lost replies and a second process. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BigtableTable, bigtable } from '@kstreams/bigtable';
import { type PostgresQuery, postgres } from '@kstreams/postgres';
import { redis } from '@kstreams/redis';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { newBigtableTable } from '@kstreams/test-support/bigtable-table';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { override } from '@kstreams/test-support/override';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith, type Service } from '@kstreams/test-support/services';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { embedded, fromObservable, json, start, streams, string, topic } from 'kstreams';
import type { Backend } from 'kstreams/authors';
import pg from 'pg';
import { createClient } from 'redis';
import { of } from 'rxjs';
import { callsOf, expectRestart } from '../commit/failing-commits.js';
import { expectDeletedRowsToStayAway } from '../tombstones/deleted-rows.js';

const newFolder = temporaryFolders();
const options = { guarantee: 'exactly-once', commitInterval: 0, transactionTimeout: 300, logger: quiet } as const;

type Format = 'bytes' | 'json';

interface StateOptions {
  /** Runs each command, which may fail. */
  readonly around?: (run: () => Promise<unknown>) => Promise<unknown>;
  readonly format?: Format;
}

/** A connection to a database. */
interface Database {
  /** Returns the value of a row as another program reads it, from its bytes or from its readable form. */
  readonly readRow: Readonly<Record<Format, (space: string, key: string) => Promise<unknown>>>;
  readonly state: (space: string, options?: StateOptions) => Backend;
  readonly close: () => Promise<unknown>;
}

const runAsIs = (run: () => Promise<unknown>): Promise<unknown> => run();

const databases: readonly (readonly [Service, (address: string) => Promise<Database>])[] = [
  [
    'postgres',
    async (connectionString) => {
      const pool = new pg.Pool({ connectionString, max: 4 });
      const schema = `remote ${crypto.randomUUID()}`;
      return {
        state: (space, { around = runAsIs, format = 'bytes' } = {}) => {
          const query = ((one: PostgresQuery) => around(() => pool.query(one))) as never;
          return postgres({ pool: override(pool, { query }), space, schema, format });
        },
        readRow: {
          bytes: async (space, key) => {
            const { rows } = await pool.query(
              `select convert_from(substring(rows.value from 9), 'UTF8')::json as value
                from "${schema}".rows join "${schema}".spaces using (space)
                where spaces.name = $1 and rows.key = $2::text::bytea`,
              [space, `names/0/${key}`],
            );
            return rows[0]?.value;
          },
          json: async (space, key) => {
            const { rows } = await pool.query(
              `select value from "${schema}".readable where space = $1 and store = 'names' and key = to_jsonb($2::text)`,
              [space, key],
            );
            return rows[0]?.value;
          },
        },
        close: () => pool.end(),
      };
    },
  ],
  [
    'redis',
    async (address) => {
      const client = createClient({ url: `redis://${address}` });
      await client.connect();
      const prefix = `remote-${crypto.randomUUID()}`;
      return {
        state: (space, { around = runAsIs, format = 'bytes' } = {}) => {
          const sendCommand = ((...args: Parameters<typeof client.sendCommand>) =>
            around(() => client.sendCommand(...args))) as never;
          return redis({ client: override(client, { sendCommand }), space, prefix, format });
        },
        readRow: {
          bytes: async (space, key) => {
            const row = await client
              .withTypeMapping({ 36: Buffer })
              .hGet(`${prefix}:{${space}}:rows`, `names/0/${key}`);
            return JSON.parse(String(row?.subarray(8)));
          },
          json: async (space, key) => {
            const row = await client.get(`${prefix}:{${space}}:json:names/0/${key}`);
            return JSON.parse(row as string).value;
          },
        },
        close: () => client.close(),
      };
    },
  ],
  [
    'bigtable',
    async (address) => {
      const { close, table } = await newBigtableTable(address);
      return {
        state: (space, { around = runAsIs, format = 'bytes' } = {}) => {
          const failing: Partial<BigtableTable> = {
            getRows: ((options: object) => around(() => table.getRows(options))) as never,
            mutate: (entries, options) => around(() => table.mutate(entries, options)),
            row: (key) => ({
              filter: ((...args: [never, never]) => around(() => table.row(key).filter(...args))) as never,
            }),
          };
          return bigtable({ table: override(table, failing), space, format });
        },
        readRow: {
          bytes: async (space, key) => {
            const [[row]] = await table.getRows({ decode: false, keys: [`${space}/names/0/${key}`] });
            return JSON.parse(String(row?.data.kstreams?.value?.[0]?.value.subarray(8)));
          },
          json: async (space, key) => {
            const [[row]] = await table.getRows({ decode: false, keys: [`${space}/names/0/${key}`] });
            return JSON.parse(String(row?.data.kstreams?.json?.[0]?.value)).value;
          },
        },
        close,
      };
    },
  ],
];

for (const [service, connect] of databases) {
  describeWith(service, `an application with state in ${service}`, (address) => {
    let database: Database;
    beforeAll(async () => {
      database = await connect(address);
    });
    afterAll(() => database.close());

    const newRun = async (state = database.state(crypto.randomUUID())) => {
      const log = embedded();
      const collecting = await new CollectingApp(log, 'collecting').prepare();
      return { log, collecting, options: { ...options, folder: await newFolder() }, batch: 3, state };
    };

    test.each(callsOf('offsets', 'transaction', 'stores'))(
      'loses and repeats nothing when it dies $when $step',
      async (call) => expectRestart(await newRun(), { ...call, call: 2 }),
    );

    test('a start restores nothing that the database has', async () => {
      const { collecting, log, options, state } = await newRun();
      await collecting.send(0, 30);
      const first = await start(collecting.app, { ...options, transport: log, state });
      await collecting.expectExactly(30, first);
      await first.close();
      const again = await start(collecting.app, { ...options, transport: log, state });
      await collecting.send(30, 60);
      await collecting.expectExactly(60, again);
      expect(again.counts.restored).toBe(0);
      await again.close();
      await log.close();
    });

    test('a deleted row does not come back', async () => {
      const run = crypto.randomUUID();
      const open: Backend['open'] = (place, settings) =>
        database.state(`${run} ${place.replaceAll('/', ' ')}`).open(place, settings);
      await expectDeletedRowsToStayAway({ name: service, open }, 'slots');
    });

    test.each(['bytes', 'json'] as const)('another program reads the rows of a store as %s', async (format) => {
      const names = topic('names', { key: string, value: json<{ readonly name: string }>() });
      const app = streams('names');
      app.table(names, { name: 'names' });
      const log = embedded();
      await (await log.admin()).create([{ name: 'names', partitions: 1, config: {} }]);
      await fromObservable(of({ key: 'ann', value: { name: 'Ann' } }), names, { transport: log });
      const space = crypto.randomUUID();
      const running = await start(app, {
        ...options,
        folder: await newFolder(),
        transport: log,
        state: database.state(space, { format }),
      });
      await awaitCommitted(log, running, { topic: 'names', partition: 0 }, 1);
      await running.close();
      await log.close();
      expect(await database.readRow[format](space, 'ann')).toEqual({ name: 'Ann' });
    });

    test.each(['before', 'after'] as const)(
      'a command that fails %s its work loses and repeats nothing',
      async (when) => {
        let calls = 0;
        const space = crypto.randomUUID();
        const around = async (run: () => Promise<unknown>): Promise<unknown> => {
          const fails = ++calls % 17 === 0;
          if (fails && when === 'before') throw new Error('connection lost');
          const result = await run();
          if (fails) throw new Error('connection lost');
          return result;
        };
        const state = database.state(space, { around, format: 'json' });
        const { collecting, log, options } = await newRun();
        let [failures, sent] = [0, 0];
        for (let starts = 0; starts < 5; starts++) {
          const app = await start(collecting.app, { ...options, transport: log, state }).catch(() => undefined);
          app?.closed.catch(() => {});
          await app?.running().catch(() => {});
          for (let i = 0; i < 5 && app?.state === 'running'; i++) {
            await collecting.send(sent, sent + 3);
            sent += 3;
            await collecting.read(app, sent);
          }
          if (app?.state !== 'running') failures++;
          await app?.close().catch(() => {});
        }
        expect(failures).toBeGreaterThan(0);
        const last = await start(collecting.app, {
          ...options,
          transport: log,
          state: database.state(space, { format: 'json' }),
        });
        await collecting.expectExactly(sent, last);
        await last.close();
        await log.close();
      },
    );

    test('a process whose space is taken over fails, and says why', async () => {
      const space = crypto.randomUUID();
      const { collecting, log, options } = await newRun();
      const first = await start(collecting.app, { ...options, transport: log, state: database.state(space) });
      await collecting.send(0, 3);
      await collecting.expectExactly(3, first);
      const other = await new CollectingApp(log, 'other').prepare();
      const second = await start(other.app, {
        ...options,
        folder: await newFolder(),
        transport: log,
        state: database.state(space),
      });
      await collecting.send(3, 6);
      await expect(first.closed).rejects.toThrow(/another process has taken over the space/);
      await second.close();
      await log.close();
    });
  });
}
