/** Dropped records: each one is counted, the first one of its step and reason is an event and a log line. */
import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { createTopics } from '@kstreams/test-support/text-records';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  type AppEvent,
  embedded,
  memory,
  nullable,
  type Streams,
  start,
  streams,
  string,
  topic,
  tumbling,
} from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const lines = topic('lines', { key: nullable(string), value: nullable(string) });

/** Counts by key, by value behind a repartition topic, and in windows of a second. */
const counting = (): Streams => {
  const app = streams('counting');
  const input = app.stream(lines);
  input.groupByKey().count({ name: 'by-key' });
  input.groupBy((value) => value as string, { key: string, name: 'moved' }).count({ name: 'by-value' });
  input.groupByKey().window(tumbling('1s')).count({ name: 'in-windows' });
  return app;
};

interface Line {
  readonly key: string | null;
  readonly value: string | null;
  readonly at: number;
}

const line: fc.Arbitrary<Line> = fc.record({
  key: fc.constantFrom('a', null),
  value: fc.constantFrom('x', null),
  at: fc.constantFrom(0, 100_000),
});

/** Returns the drops of a step, by its name and the reason, and the first record of each. */
const expected = (records: readonly Line[]) => {
  const drops = new Map<string, { count: number; first: number }>();
  const add = (drop: string, offset: number): void => {
    const { count = 0, first = offset } = drops.get(drop) ?? {};
    drops.set(drop, { count: count + 1, first });
  };
  let latest = -1;
  for (const [offset, { at, key, value }] of records.entries()) {
    if (value === null) add('moved-sink null-repartition-key', offset);
    if (key === null) for (const step of ['by-key', 'in-windows']) add(`${step} null-key`, offset);
    else {
      if (value === null) add('by-key null-value', offset);
      latest = Math.max(latest, at);
      if (at < latest) add('in-windows late', offset);
    }
  }
  return drops;
};

const named = (events: readonly AppEvent[]) =>
  events.flatMap((event) =>
    event.kind === 'record-dropped' ? [[`${event.node} ${event.reason}`, event.record] as const] : [],
  );

test('the test driver counts every drop, and reports the first one of its step and reason', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (records) => {
      const driver = testDriver(counting());
      for (const { at, key, value } of records) driver.input(lines).pipe(key, value, at);
      const drops = expected(records);
      const counts = driver.drops.map(({ count, node, reason }) => [`${node} ${reason}`, count] as const);
      expect(new Map(counts)).toEqual(new Map([...drops].map(([drop, { count }]) => [drop, count])));
      const first = [...drops].map(
        ([drop, one]) => [drop, { topic: 'lines', partition: 0, offset: one.first }] as const,
      );
      expect(named(driver.events)).toHaveLength(drops.size);
      expect(new Map(named(driver.events))).toEqual(new Map(first));
      driver.close();
    }),
    { numRuns: 50 },
  );
});

test('an application reports the first drop of a step and reason, and warns of it once', async () => {
  const log = embedded();
  await createTopics(log, ['lines']);
  const warnings: string[] = [];
  const logger = { ...quiet, warn: (_: object, message: string) => warnings.push(message) };
  const app = await start(counting(), { transport: log, state: memory(), commitInterval: 0, logger });
  const events: AppEvent[] = [];
  app.events$.subscribe((event) => events.push(event));
  const producer = await log.producer({ clientId: 'test' });
  for (let i = 0; i < 3; i++) {
    producer.send({ topic: 'lines', partition: 0, key: null, value: toUtf8('x'), timestamp: i, headers: [] });
  }
  await producer.flush();
  await awaitCommitted(log, app, { topic: 'lines', partition: 0 }, 3);
  await app.close();
  const record = { topic: 'lines', partition: 0, offset: 0 };
  expect(new Map(named(events))).toEqual(
    new Map([
      ['by-key null-key', record],
      ['in-windows null-key', record],
    ]),
  );
  expect([...app.drops].toSorted()).toEqual([
    ['by-key null-key', 3],
    ['in-windows null-key', 3],
  ]);
  expect(warnings.filter((one) => one.includes('by-key'))).toEqual([
    'step "by-key" drops records, reason "null-key", the first at lines/0 offset 0; the metric kstreams.records.dropped counts them',
  ]);
  await log.close();
});
