/** Local state that was away while its changelog dropped deletes: no deleted row comes back. */

import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { keptState } from '@kstreams/test-support/kept-state';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import fc from 'fast-check';
import { type Backend, embedded, nullable, start, streams, string, type Table, topic } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const lines = topic('lines', { key: string, value: nullable(string) });
const rows = topic('rows', { key: string, value: string });
const hour = 3_600_000;

/** A table with its own changelog, or with its compacted topic as such. */
const tables: Readonly<Record<string, () => { app: ReturnType<typeof streams>; table: Table<string, string> }>> = {
  'a changelog': () => {
    const app = streams('deleting');
    return { app, table: app.stream(lines).toTable({ name: 'kept' }) as Table<string, string> };
  },
  'a compacted source topic': () => {
    const app = streams('deleting');
    return { app, table: app.table(rows, { name: 'kept' }) };
  },
};

interface Run {
  readonly process: 0 | 1;
  readonly writes: readonly (readonly [key: string, value: string | null])[];
  readonly cleans: boolean;
  readonly hours: number;
}

const run: fc.Arbitrary<Run> = fc.record({
  process: fc.constantFrom<0 | 1>(0, 1),
  writes: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', null)), { maxLength: 3 }),
  cleans: fc.boolean(),
  hours: fc.constantFrom(0, 1, 13, 25, 49),
});

/** The second process deletes a row that the first has; its delete is compacted twice, and so dropped. */
const away: Run[] = [
  { process: 0, writes: [['a', 'x']], cleans: false, hours: 0 },
  {
    process: 1,
    writes: [
      ['a', null],
      ['b', 'x'],
    ],
    cleans: true,
    hours: 25,
  },
  { process: 1, writes: [['b', 'y']], cleans: true, hours: 0 },
  { process: 0, writes: [], cleans: false, hours: 0 },
];

const check = async (name: string, guarantee: 'at-least-once' | 'exactly-once', runs: readonly Run[]) => {
  const clock = new SkippingClock(Date.parse('2026-01-01'));
  const log = embedded({ clock });
  await (await log.admin()).create([
    { name: 'lines', partitions: 1, config: {} },
    { name: 'rows', partitions: 1, config: { 'cleanup.policy': 'compact' } },
  ]);
  const producer = await log.producer({ clientId: 'test' });
  const states = [keptState(), keptState()];
  const input = name === 'a changelog' ? 'lines' : 'rows';
  const model = new Map<string, string>();
  let offset = 0;
  const dropped: unknown[] = [];
  for (const { cleans, hours, process, writes } of runs) {
    const { app, table } = (tables[name] as NonNullable<(typeof tables)[string]>)();
    const state = states[process] as Backend;
    const started = await start(app, { transport: log, state, clock, guarantee, commitInterval: 0, logger: quiet });
    started.events$.subscribe((event) => event.kind === 'state-dropped' && dropped.push(event.cause));
    await started.running();
    for (const [key, value] of writes) {
      if (value === null) model.delete(key);
      else model.set(key, value);
      const record = { key: toUtf8(key), value: value === null ? null : toUtf8(value), timestamp: clock.now() };
      producer.send({ topic: input, partition: 0, headers: [], ...record });
      offset++;
    }
    await producer.flush();
    await awaitCommitted(log, started, { topic: input, partition: 0 }, offset);
    const found = new Map<string, string>();
    for await (const [key, { value }] of started.view(table, { isolation: 'latest' }).all()) found.set(key, value);
    expect(found).toEqual(model);
    await started.close();
    if (cleans) await log.clean();
    clock.set(hours * hour);
  }
  await log.close();
  return dropped;
};

describe.each(Object.keys(tables))('restored from %s', (name) => {
  test.each(['at-least-once', 'exactly-once'] as const)(
    'no deleted row comes back, however long local state was away: %s',
    async (guarantee) => {
      expect(await check(name, guarantee, away)).toEqual(['deletes-expired']);
      await fc.assert(
        fc.asyncProperty(fc.array(run, { minLength: 2, maxLength: 6 }), async (runs) => {
          await check(name, guarantee, runs);
        }),
        { numRuns: 6 },
      );
    },
  );
});
