/** Rows that are damaged on disk while the application runs. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { quiet as logger } from '@kstreams/test-support/quiet-logger';
import { type AppEvent, embedded, json, type StartOptions, start, streams, string, topic } from 'kstreams';
import { partitionFor, toUtf8 } from 'kstreams/authors';

const partitions = 4;
const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
const words = topic('words', { key: string, value: string });
const folders: string[] = [];
afterEach(async () => {
  for (const one of folders.splice(0)) await rm(one, { recursive: true, force: true });
});

/** Counts words with long random texts, which are found in their files because compression cannot shorten them. */
const counting = (withGlobal: boolean) => {
  const app = streams('counting');
  if (withGlobal) app.globalTable(topic('names', { key: string, value: string }), { name: 'names' });
  const counts = app
    .stream(words)
    .groupByKey()
    .aggregate(
      () => ({ count: 0, pad: randomBytes(45).toString('base64').repeat(50) }),
      ({ count, pad }) => ({ count: count + 1, pad }),
      { name: 'counts', value: json<{ count: number; pad: string }>() },
    );
  return { app, counts };
};

const opened = async (withGlobal = false) => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-heal-'));
  folders.push(folder);
  const log = embedded();
  const admin = await log.admin();
  await admin.create([
    { name: 'words', partitions, config: {} },
    { name: 'names', partitions: 1, config: { 'cleanup.policy': 'compact' } },
  ]);
  const aside: string[] = [];
  const events: AppEvent[] = [];
  /** Returns one word of each key. */
  const send = async (): Promise<void> => {
    const producer = await log.producer({ clientId: 'test' });
    for (const [i, key] of keys.map(toUtf8).entries()) {
      const partition = partitionFor(key, partitions);
      producer.send({ topic: 'words', partition, key, value: toUtf8('x'), timestamp: i, headers: [] });
    }
    await producer.flush();
    await producer.close();
  };
  const begin = async (options: StartOptions) => {
    const { app, counts } = counting(withGlobal);
    const state = level({ verify: false, onDamage: (where) => aside.push(where) });
    const running = await start(app, { transport: log, folder, state, commitInterval: 0, logger, ...options });
    running.events$.subscribe((event) => events.push(event));
    return { running, counts };
  };
  /** Returns the texts of all rows once every key has this count. */
  const counted = async ({ counts, running }: Awaited<ReturnType<typeof begin>>, count: number) => {
    const view = running.view(counts);
    const done = (key: string): boolean => view.holds(key) && view.get(key)?.count === count;
    while (running.state !== 'failed' && !keys.every(done)) await new Promise((go) => setImmediate(go));
    return keys.map((key) => view.get(key)?.pad ?? '');
  };
  /** Damages a row with one of these texts in a table file of the database. */
  const damage = async (pads: readonly string[]): Promise<void> => {
    const rows = join(folder, 'state', '0', 'rows');
    for (const name of await readdir(rows)) {
      const bytes = await readFile(join(rows, name));
      // Compression seldom splits a text within its first letters.
      const at = Math.max(...pads.map((pad) => bytes.indexOf(pad.slice(0, 60))));
      if (!/\.(ldb|sst)$/.test(name) || at < 0) continue;
      bytes.fill(0xff, at + 60, at + 72); // the middle of the text, after the part by which it was found
      await writeFile(join(rows, name), bytes);
      return;
    }
    throw new Error('no row is in a file');
  };
  return { aside, begin, counted, events, folder, log, send, damage };
};

describe.each([
  { guarantee: 'at-least-once', workers: 1 },
  { guarantee: 'exactly-once', workers: 1 },
  { guarantee: 'at-least-once', workers: 3 },
  { guarantee: 'exactly-once', workers: 3 },
] as const)('$guarantee, $workers workers', (options) => {
  test('a damaged row is detected on read; the state is set aside and restored, and the application continues', async () => {
    const { aside, begin, counted, events, folder, log, send, damage } = await opened();
    const first = await begin(options);
    await send();
    const pads = await counted(first, 1);
    await first.running.close();
    // Opening the database again moves the rows from its log into a table with compressed blocks.
    await (await level().open(join(folder, 'state'))).close();
    await damage(pads);

    const onError = () => 'skip' as const;
    const second = await begin({ ...options, onError });
    await send();
    expect(await counted(second, 2)).toEqual(pads);
    expect(aside).toEqual([join(folder, 'state', '0', 'rows.damaged-1')]);
    const replaced = events.flatMap((event) => (event.kind === 'replaced' ? event.error.message : []));
    expect(replaced).toHaveLength(options.workers);
    for (const message of replaced) expect(message).toMatch(/cannot be .*it is set aside before it is used again/);
    expect([...second.running.drops]).toEqual([]);
    await second.running.close();
    await log.close();
  });
});

test('beside global tables in the same state, the application ends and recovers at its next start', async () => {
  const { aside, begin, counted, folder, log, send, damage } = await opened(true);
  const first = await begin({});
  await send();
  const pads = await counted(first, 1);
  await first.running.close();
  await (await level().open(join(folder, 'state'))).close();
  await damage(pads);
  const second = await begin({ onError: () => 'skip' });
  await send();
  await expect(second.running.closed).rejects.toThrow(/cannot be .*it is set aside before it is used again/);
  expect(aside).toEqual([]);
  const third = await begin({});
  expect(await counted(third, 2)).toEqual(pads);
  expect(aside).toHaveLength(1);
  await third.running.close();
  await log.close();
});
