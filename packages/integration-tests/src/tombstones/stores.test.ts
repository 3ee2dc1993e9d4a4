/** A deleted row of every kind of store is gone after a restart, a restore and a move. */
import { expect, test } from '@jest/globals';
import { cached, memory, memoryStore } from '@kstreams/stores';
import { readTopic } from '@kstreams/test-support/read-topic';
import type { Backend } from 'kstreams';
import type { ByteStore } from 'kstreams/authors';
import { expectDeletedRowsToStayAway, prepared, stores, viewed } from './deleted-rows.js';
import { out } from './every-store.js';

/** Remote storage in memory, which outlives the process, by folder. */
const remote = (): Backend => {
  const stored = new Map<string, ByteStore>();
  return {
    name: 'remote',
    open: async (place) => {
      const rows = stored.get(place) ?? memoryStore();
      stored.set(place, rows);
      const { owner } = rows;
      return cached({
        owner,
        getMany: async (keys) => keys.map((key) => rows.get(key)),
        scan: (...range) => rows.scan(...range),
        commit: (writes) => rows.commit(writes),
        clear: (from, to) => rows.clear(from, to),
        close: async () => {},
      });
    },
  };
};

test('every kind of store is among them', () => {
  const kinds = new Set(stores.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual(['key-value', 'session', 'subscriptions', 'timers', 'versioned', 'window']);
});

test('a deleted row does not come back from remote storage', () => expectDeletedRowsToStayAway(remote(), 'slots'));

test('a delete is written as null to the changelog of each store, and to a topic', async () => {
  const { log, run, send } = await prepared();
  await send('a', 1);
  await run(memory(), 'written', 'a');
  await send('a', null);
  await run(memory(), 'written');
  // A history keeps a delete as a version.
  const logged = stores.flatMap(({ changelog, kind, name }) =>
    changelog.kind === 'own' && kind !== 'versioned' && viewed.includes(name) ? [changelog.topic] : [],
  );
  for (const topic of [...logged, out.name]) {
    const records = (await readTopic(log, topic)).filter(({ key }) =>
      new TextDecoder().decode(key ?? undefined).includes('a'),
    );
    expect([topic, records[0]?.value === null, records.at(-1)?.value === null]).toEqual([topic, false, true]);
  }
  await log.close();
});
