import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { keptState } from '@kstreams/test-support/kept-state';
import { override } from '@kstreams/test-support/override';
import { readTopic } from '@kstreams/test-support/read-topic';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { embedded, int32, memory, start, streams, string, type Transport, topic, tumbling, within } from 'kstreams';
import { fromUtf8, type NewTopic, toUtf8 } from 'kstreams/authors';

const day = 86_400_000;
const sales = topic('sales', { key: string, value: string });
const visits = topic('visits', { key: string, value: string });
const pairs = topic('pairs', { key: string, value: string });

/** Counts sales by day, joins them with visits, and leaves none of them time on the wall clock. */
const shop = () => {
  const app = streams('shop');
  const days = app
    .stream(sales)
    .groupByKey()
    .window(tumbling('1d', { grace: '30d' }))
    .count({ name: 'days', value: int32 });
  app
    .stream(sales)
    .join(app.stream(visits), within('1d', { grace: '30d' }), (sale, visit) => `${sale}-${visit}`, {
      name: 'visited',
      value: string,
    })
    .to(pairs);
  return { app, days };
};

/** A log on which all topics age by the wall clock, as on a cluster. */
const agingByWallClock = (log: Transport): Transport =>
  override(log, {
    admin: async () => {
      const admin = await log.admin();
      const create = (topics: readonly NewTopic[]) =>
        admin.create(topics.map(({ config, name, partitions }) => ({ config, name, partitions })));
      return override(admin, { create });
    },
  });

interface Sent {
  readonly to: 'sales' | 'visits';
  readonly key: string;
  /** In days after 2001-01-01. */
  readonly at: number;
}

const begun = Date.parse('2001-01-01');
const sent: fc.Arbitrary<Sent> = fc.record({
  to: fc.constantFrom('sales', 'sales', 'visits'),
  key: fc.constantFrom('a', 'b'),
  at: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 4_000 })),
});
const run = fc.record({
  records: fc.array(sent, { maxLength: 6 }),
  /** Days by which the wall clock is set before the next run. */
  set: fc.integer({ min: -8_000, max: 8_000 }),
  cleans: fc.boolean(),
});

/** Returns the counts of the windows that are kept, by key and day. */
const model = (records: readonly Sent[]): ReadonlyMap<string, number> => {
  let newest = -1;
  const counts = new Map<string, number>();
  for (const { at, key, to } of records) {
    if (to !== 'sales') continue;
    newest = Math.max(newest, at);
    if (at + 31 <= newest) continue;
    counts.set(`${key} ${at}`, (counts.get(`${key} ${at}`) ?? 0) + 1);
  }
  return new Map([...counts].filter(([id]) => Number(id.split(' ')[1]) > newest - 31));
};

/** Returns the joined pairs of a task that never stops. */
const joined = (records: readonly Sent[]): readonly string[] => {
  const driver = testDriver(shop().app);
  for (const [i, { at, key, to }] of records.entries()) {
    driver.input(to === 'sales' ? sales : visits).pipe(key, `${i}`, begun + at * day);
  }
  return driver
    .output(pairs)
    .read()
    .map(({ value }) => value as string);
};

describe.each(['at-least-once', 'exactly-once'] as const)('%s', (guarantee) => {
  test.each([
    ['kept', 'stream-time'],
    ['lost', 'stream-time'],
    ['kept', 'wall-clock'],
  ] as const)(
    'windows and join buffers survive a stop and a start at any event times, with local state %s and changelogs that age by %s',
    async (local, ages) => {
      await fc.assert(
        fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 4 }), async (runs) => {
          const clock = new SkippingClock(Date.parse('2026-01-01'));
          const log = embedded({ clock });
          await (await log.admin()).create(
            ['sales', 'visits', 'pairs'].map((name) => ({ name, partitions: 1, config: {} })),
          );
          const producer = await log.producer({ clientId: 'test' });
          const state = local === 'lost' ? memory() : keptState();
          const transport = ages === 'stream-time' ? log : agingByWallClock(log);
          const starting = async () => {
            const { app, days } = shop();
            const started = await start(app, { transport, state, clock, guarantee, commitInterval: 0 });
            const dropped: unknown[] = [];
            started.events$.subscribe((event) => event.kind === 'state-dropped' && dropped.push(event));
            await started.running();
            return { started, dropped, view: started.view(days) };
          };
          const offsets = { sales: 0, visits: 0 };
          const all: Sent[] = [];
          for (const { cleans, records, set } of runs) {
            const { started } = await starting();
            for (const one of records) {
              const [key, value] = [toUtf8(one.key), toUtf8(`${all.length}`)];
              producer.send({ topic: one.to, partition: 0, key, value, timestamp: begun + one.at * day, headers: [] });
              await producer.flush();
              offsets[one.to]++;
              all.push(one);
              await awaitCommitted(log, started, { topic: one.to, partition: 0 }, offsets[one.to]);
            }
            await started.close();
            if (cleans) await log.clean();
            clock.set(set * day);
          }
          const { dropped, started, view } = await starting();
          for (const [id, count] of model(all)) {
            const [key, at] = id.split(' ') as [string, string];
            const from = begun + Number(at) * day;
            expect([id, view.get({ key, start: from, end: from + day })]).toEqual([id, count]);
          }
          expect(dropped).toEqual([]);
          await started.close();
          const written = await readTopic(log, 'pairs');
          expect(written.map(({ value }) => fromUtf8(value as Uint8Array))).toEqual(joined(all));
          await log.close();
        }),
        { numRuns: 15 },
      );
    },
  );
});
