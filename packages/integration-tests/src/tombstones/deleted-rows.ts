/** The law of deleted rows: none comes back after a restart, a restore, a move or a compaction. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { type App, type Backend, embedded, start } from 'kstreams';
import { events, everyStore, kept, lost, out } from './every-store.js';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const topics = [kept, lost, events];
const now = Date.now();

/** Returns a log with the topics of the application, and the functions that write and process them. */
export const prepared = async () => {
  const log = embedded();
  const admin = await log.admin();
  await admin.create([
    { name: kept.name, partitions: 1, config: { 'cleanup.policy': 'compact' } },
    ...[lost, events, out].map(({ name }) => ({ name, partitions: 1, config: {} })),
  ]);
  await admin.close();
  let sent = 0;
  return {
    log,
    /** Sends a value of a key to each topic: null, or 0 to the stream, deletes. */
    send: async (key: string, value: number | null): Promise<void> => {
      const producer = await log.producer({ clientId: 'test' });
      for (const { name: topic, key: keys, value: values } of topics) {
        const at = { topic, headers: [] };
        const bytes = value === null && topic !== events.name ? null : values.encode(value ?? 0, at);
        producer.send({
          topic,
          partition: 0,
          key: keys.encode(key, at),
          value: bytes,
          timestamp: now + sent,
          headers: [],
        });
      }
      sent++;
      await producer.flush();
      await producer.close();
    },
    /** Runs an application in a folder until it has processed everything, and expects these keys in each store. */
    run: async (state: Backend, place: string, ...keys: readonly string[]): Promise<void> => {
      const options = { transport: log, state, folder: place, logger, commitInterval: 5 };
      const app = await start(everyStore(), options);
      for (const { name: topic } of topics) await awaitCommitted(log, app, { topic, partition: 0 }, sent);
      const expected = Object.fromEntries(viewed.map((name) => [name, keys]));
      let found = await keysOf(app);
      // Rows behind repartition topics follow.
      for (let turn = 0; turn < 5_000 && !isDeepStrictEqual(found, expected); turn++) {
        await new Promise((go) => setImmediate(go));
        found = await keysOf(app);
      }
      expect(found).toEqual(expected);
      await app.close();
    },
  };
};

/** The stores of the application. */
export const stores = everyStore()
  .describe()
  .toJSON()
  .subtopologies.flatMap((one) => one.stores);
/** The names of the stores that views read: all but the index of a foreign-key join. */
export const viewed = stores.filter(({ kind }) => kind !== 'subscriptions').map(({ name }) => name);

/** Returns the keys of each store's rows. */
const keysOf = async (app: App): Promise<Record<string, readonly string[]>> => {
  const keys: Record<string, readonly string[]> = {};
  for (const name of viewed) {
    const found: string[] = [];
    for await (const [key] of app.view<string | { readonly key: string }, unknown>(name).all())
      found.push(typeof key === 'string' ? key : key.key);
    keys[name] = found.sort();
  }
  return keys;
};

/** Expects that no deleted row comes back, in processes with these places in a folder. */
export const expectDeletedRowsToStayAway = async (state: Backend, folder: string): Promise<void> => {
  const { log, run, send } = await prepared();
  await send('a', 1);
  await send('b', 2);
  await run(state, `${folder}/1`, 'a', 'b');
  // Another process takes over, and deletes rows that the first one still has.
  await send('a', null);
  await run(state, `${folder}/2`, 'b');
  for (const place of ['1', '2', '3']) await run(state, `${folder}/${place}`, 'b');
  await log.clean();
  await run(state, `${folder}/4`, 'b');
  // A row may begin again, and end before its first commit.
  await send('a', 3);
  await send('c', 4);
  await send('c', null);
  for (const place of ['4', '5']) await run(state, `${folder}/${place}`, 'a', 'b');
  await log.close();
};
