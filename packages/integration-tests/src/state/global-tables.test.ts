/** The local rows of a global table: kept across restarts, or dropped with the reason. */
import { expect, test } from '@jest/globals';
import { keptState } from '@kstreams/test-support/kept-state';
import { override } from '@kstreams/test-support/override';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { type AppEvent, by, embedded, type StartOptions, start, streams, string, topic } from 'kstreams';

const texts = { key: string, value: string };
const day = 86_400_000;

/** An application that looks names up, and its log. */
const setUp = async (config: Readonly<Record<string, string>> = { 'cleanup.policy': 'compact' }) => {
  const clock = new SkippingClock(Date.parse('2026-01-01'));
  const log = embedded({ clock });
  const admin = await log.admin();
  const createNames = (): Promise<void> => createTopics(log, ['names'], 2, config);
  await createTopics(log, ['in', 'out']);
  await createNames();
  const app = streams('names-app');
  const names = app.globalTable(topic('names', texts), { name: 'names' });
  app
    .stream(topic('in', texts))
    .leftJoin(
      names,
      by((_, key) => key),
      (_, name) => name ?? 'nobody',
      { value: string },
    )
    .to(topic('out', texts));
  let asked = 0;
  /** Runs the application, and returns the names of the keys and the events of lost rows and records. */
  const run = async (keys: readonly string[], options: Partial<StartOptions>) => {
    const running = await start(app, { transport: log, clock, commitInterval: 0, logger: quiet, ...options });
    const events: AppEvent[] = [];
    running.events$.subscribe((event) => events.push(event));
    await sendTexts(
      log,
      'in',
      keys.map((key) => [key, '']),
    );
    asked += keys.length;
    const found = (await readTexts(log, 'out', 1, asked)).slice(asked - keys.length).map(([, name]) => name);
    await running.close();
    return { found, lost: events.filter(({ kind }) => kind === 'state-dropped' || kind === 'records-removed') };
  };
  return { admin, clock, createNames, log, run };
};

const ann = ['a', 'Ann', { partition: 0 }] as const;
const bob = ['b', 'Bob', { partition: 1 }] as const;
const dropped = { kind: 'state-dropped', task: 'global', store: 'names' };

test('a topic that was deleted and created again has its new rows only, and each dropped partition is reported', async () => {
  const { admin, createNames, log, run } = await setUp();
  const state = keptState();
  await sendTexts(log, 'names', [ann, bob]);
  expect(await run(['a', 'b'], { state })).toEqual({ found: ['Ann', 'Bob'], lost: [] });
  await admin.delete(['names']);
  await createNames();
  await sendTexts(log, 'names', [['b', 'Bea', { partition: 1 }]]);
  const lost = [0, 1].map((partition) => ({ ...dropped, partition, cause: 'other-topic', at: 1, to: partition }));
  expect(await run(['a', 'b'], { state })).toEqual({ found: ['nobody', 'Bea'], lost });
  expect(await run(['a', 'b'], { state })).toEqual({ found: ['nobody', 'Bea'], lost: [] });
  await log.close();
});

test('rows that were away for longer than deletes are kept are dropped and reported', async () => {
  const { clock, log, run } = await setUp();
  const state = keptState();
  await sendTexts(log, 'names', [ann, bob]);
  await run(['a'], { state });
  await sendTexts(log, 'names', [['a', 'Amy', { partition: 0 }]]);
  clock.set(2 * day);
  const lost = [{ ...dropped, partition: 0, cause: 'deletes-expired', at: 1, to: 2 }];
  expect(await run(['a', 'b'], { state })).toEqual({ found: ['Amy', 'Bob'], lost });
  await log.close();
});

test('a crash after positions or rows were dropped leaves no old row', async () => {
  for (const step of ['commit', 'clear'] as const) {
    const { admin, createNames, log, run } = await setUp();
    const state = keptState();
    await sendTexts(log, 'names', [ann, bob]);
    await run(['a'], { state });
    await admin.delete(['names']);
    await createNames();
    await sendTexts(log, 'names', [['b', 'Bea', { partition: 1 }]]);
    let crashes = true;
    const crashing = override(state, {
      open: async (...place) => {
        const bytes = await state.open(...place);
        const crash = async (): Promise<never> => {
          crashes = false;
          throw new Error('crash');
        };
        const commit: typeof bytes.commit = async (writes) => {
          await bytes.commit(writes);
          if (crashes && step === 'commit' && writes.length === 2) await crash();
        };
        const clear: typeof bytes.clear = async (...range) => {
          await bytes.clear(...range);
          if (crashes && step === 'clear') await crash();
        };
        return override(bytes, { commit, clear });
      },
    });
    await expect(run([], { state: crashing })).rejects.toThrow('crash');
    expect((await run(['a', 'b'], { state })).found).toEqual(['nobody', 'Bea']);
    await log.close();
  }
});

test('a partition that was added meanwhile is read from its beginning, and no row is dropped', async () => {
  const { admin, log, run } = await setUp();
  const state = keptState();
  await sendTexts(log, 'names', [ann, bob]);
  await run(['a'], { state });
  await admin.grow('names', 3);
  await sendTexts(log, 'names', [['c', 'Cid', { partition: 2 }]]);
  expect(await run(['a', 'b', 'c'], { state })).toEqual({ found: ['Ann', 'Bob', 'Cid'], lost: [] });
  await log.close();
});

test('records that the log deleted before they were read are reported, or end the start', async () => {
  const { admin, log, run } = await setUp({});
  const state = keptState();
  await sendTexts(log, 'names', [ann]);
  await run(['a'], { state });
  await sendTexts(log, 'names', [
    ['c', 'Cid', { partition: 0 }],
    ['d', 'Dan', { partition: 0 }],
  ]);
  await admin.purge([{ topic: 'names', partition: 0, offset: 2 }]);
  await expect(run([], { state, removedRecords: 'fail' })).rejects.toThrow(
    'the log deleted 1 records before they were read, from offset 1 to 2 of names/0',
  );
  const lost = [{ kind: 'records-removed', topic: 'names', partition: 0, from: 1, to: 2, count: 1, next: 'earliest' }];
  const { found, lost: told } = await run(['a', 'c', 'd'], { state, removedRecords: 'latest' });
  expect({ found, told }).toEqual({ found: ['Ann', 'nobody', 'Dan'], told: lost });
  await log.close();
});
