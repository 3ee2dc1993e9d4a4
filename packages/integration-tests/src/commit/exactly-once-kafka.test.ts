import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { type Fault, injectFault } from '@kstreams/test-support/fault-injection';
import { describeWith } from '@kstreams/test-support/services';
import { type AppEvent, FencedError, start, TransportError } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'kstreams-exactly-once-'));
  folders.push(made);
  return made;
};
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true, force: true });
});

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const exactlyOnce = { guarantee: 'exactly-once', transactionTimeout: '3s', logger: quiet } as const;
const nameOf = (): string => `collecting-${crypto.randomUUID()}`;

describeWith('kafka', 'exactly once on Kafka', (brokers) => {
  const newLog = () => kafka({ brokers, consumer: { 'heartbeat.interval.ms': 300, 'session.timeout.ms': 6_000 } });

  for (const step of ['offsets', 'transaction', 'stores'] as const) {
    for (const when of ['before', 'after'] as const) {
      test(`a crash ${when} ${step} neither loses nor repeats`, async () => {
        const log = newLog();
        const collecting = await new CollectingApp(log, nameOf(), 2).prepare();
        const error = new Error('injected');
        const fault: Fault = { step, when, call: 2, error, kills: true };
        const options = { ...exactlyOnce, folder: await newFolder() };
        await collecting.send(0, 30);
        const { closeKilled, ...broken } = injectFault(log, level(), fault);
        const first = await start(collecting.app, { ...options, ...broken });
        first.closed.catch(() => {});
        let sent = 30;
        for (; first.state !== 'failed'; sent += 6) {
          await collecting.read(first, sent);
          await collecting.send(sent, sent + 6);
        }
        await expect(first.closed).rejects.toBe(error);
        const again = await start(collecting.app, { ...options, transport: log, state: level() });
        await collecting.expectExactly(sent, again);
        await again.close();
        await closeKilled();
        await log.close();
      });
    }
  }

  for (const [what, error] of [
    ['refused for now', new TransportError('no response', {}, undefined, true)],
    ['fenced', new FencedError('another took over')],
  ] as const) {
    test(`a transaction that is ${what} is done again`, async () => {
      const log = newLog();
      const collecting = await new CollectingApp(log, nameOf(), 2).prepare();
      const { closeKilled, ...broken } = injectFault(log, level(), {
        step: 'transaction',
        when: 'before',
        call: 2,
        error,
      });
      const app = await start(collecting.app, { ...exactlyOnce, folder: await newFolder(), ...broken });
      const kinds: AppEvent['kind'][] = [];
      app.events$.subscribe(({ kind }) => kinds.push(kind));
      for (let sent = 0; sent < 60; sent += 12) {
        await collecting.send(sent, sent + 12);
        await collecting.read(app, sent + 12);
      }
      await collecting.expectExactly(60, app);
      expect(kinds.filter((kind) => kind === 'rolled-back' || kind === 'fenced')).toHaveLength(1);
      await app.close();
      await closeKilled();
      await log.close();
    });
  }

  test('two processes share the work; one leaves and returns, and nothing repeats', async () => {
    const log = newLog();
    const collecting = await new CollectingApp(log, nameOf(), 4).prepare();
    const [one, two] = [await newFolder(), await newFolder()];
    const run = (folder: string) => start(collecting.app, { ...exactlyOnce, folder, transport: log });
    const first = await run(one);
    await collecting.send(0, 60);
    const second = await run(two);
    await collecting.send(60, 120);
    await collecting.read(first, 120);
    await second.running();
    await first.close();
    await collecting.send(120, 180);
    const back = await run(one);
    await collecting.send(180, 240);
    await collecting.expectExactly(240, second, back);
    await Promise.all([second.close(), back.close()]);
    await log.close();
  });
});
