import { rm } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { type Fault, injectFault } from '@kstreams/test-support/fault-injection';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { embedded, FencedError, json, start, streams, string, type Transport, topic } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const newFolder = temporaryFolders();
const numbers = topic('numbers', { key: string, value: json<number>() });
const seen = topic('seen', { key: string, value: json<readonly number[]>() });

/** Collects the numbers of each key. A number that is processed twice appears twice. */
const collecting = () => {
  const app = streams('collecting');
  const table = app
    .stream(numbers)
    .groupByKey()
    .aggregate(
      (): readonly number[] => [],
      (all, value) => [...all, value],
      { name: 'all', value: seen.value },
    );
  table.toStream().to(topic('seen', { key: string, value: json<readonly number[] | null>() }));
  return { app, table };
};

const send = async (log: Transport, from: number, to: number): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  for (let i = from; i < to; i++) {
    const [key, value] = [toUtf8(`k${i % 3}`), toUtf8(String(i))];
    producer.send({ topic: 'numbers', partition: 0, key, value, timestamp: i, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

const partition = { topic: 'numbers', partition: 0 };

/** Runs until the fault, then again without it. Returns the rows of the table. */
const crashAndGoOn = async (
  fault: Fault,
  keepsState: boolean,
): Promise<{ rows: Record<string, readonly number[]>; restored: number }> => {
  const folder = await newFolder();
  const log = embedded();
  const admin = await log.admin();
  await admin.create([{ name: 'numbers', partitions: 1, config: {} }]);
  const options = { folder, commitInterval: 0, logger: quiet };

  await send(log, 0, 30);
  const { state, transport } = injectFault(log, level(), fault);
  const broken = await start(collecting().app, { ...options, state, transport });
  broken.closed.catch(() => {});
  const failed = (): boolean => broken.state === 'failed';
  for (let sent = 30; !failed(); sent += 3) {
    await awaitCommitted(log, broken, partition, sent);
    if (!failed()) await send(log, sent, sent + 3);
  }
  await expect(broken.closed).rejects.toBe(fault.error);

  if (!keepsState) await rm(`${folder}/state`, { recursive: true, force: true });
  const reader = await log.consumer({ clientId: 'reader' });
  const [end = 0] = await reader.offsets([partition], 'latest');
  const { app, table } = collecting();
  const again = await start(app, { ...options, transport: log, state: level() });
  await awaitCommitted(log, again, partition, end);
  await again.running();
  const rows: Record<string, readonly number[]> = {};
  for await (const [key, { value }] of again.view(table).all()) rows[key] = value;
  await again.close();
  expect(
    Object.values(rows)
      .flatMap((all) => [...new Set(all)])
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: end }, (_, i) => i));
  await log.close();
  return { rows, restored: again.counts.restored };
};

const injected = new Error('injected');

/** The step of the commit that fails. */
const places = {
  'before flush': 'after processing, before the commit',
  'after flush': 'after outputs are acknowledged, before offsets',
  'before offsets': 'after outputs are acknowledged, before offsets',
  'after offsets': 'after offsets, before the store batch',
  'before stores': 'after offsets, before the store batch',
  'after stores': 'after the store batch',
};

describe('a crash in a commit loses nothing', () => {
  for (const step of ['flush', 'offsets', 'stores'] as const) {
    for (const when of ['before', 'after'] as const) {
      for (const call of [1, 3]) {
        for (const keepsState of [true, false]) {
          const state = keepsState ? 'kept' : 'lost with the disk';
          test(`${places[`${when} ${step}`]}: ${when} ${step}, call ${call}, state ${state}`, async () => {
            const { rows } = await crashAndGoOn({ step, when, call, error: injected }, keepsState);
            const all = Object.values(rows).flat();
            const offsetsStood = step === 'stores' || (step === 'offsets' && when === 'after');
            if (offsetsStood) expect(new Set(all).size).toBe(all.length);
          });
        }
      }
    }
  }
});

test('a fenced worker joins again and continues', async () => {
  const log = embedded();
  await (await log.admin()).create([{ name: 'numbers', partitions: 1, config: {} }]);
  const folder = await newFolder();
  await send(log, 0, 9);
  const error = new FencedError('another took over');
  const fault: Fault = { step: 'offsets', when: 'before', call: 1, error };
  const { app, table } = collecting();
  const warnings: string[] = [];
  const logger = { ...quiet, warn: (_: object, message: string) => void warnings.push(message) };
  const { state, transport } = injectFault(log, level(), fault);
  const running = await start(app, { folder, commitInterval: 0, logger, state, transport });
  await awaitCommitted(log, running, partition, 9);
  await running.running();
  const numbersOf = new Set(running.view(table).get('k1'));
  await running.close();
  expect(warnings).toEqual(['worker 0 lost its place in the group and joins again: another took over']);
  expect([...numbersOf]).toEqual([1, 4, 7]);
  await log.close();
});
