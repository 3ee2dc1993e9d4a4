/** The promises of exactly-once on a Kafka cluster, for any client. */
import { test } from '@jest/globals';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { start, type Transport } from 'kstreams';
import { callsOf, expectRestart, expectRollback, type FailingRun, refusals } from './failing-commits.js';

const exactlyOnce = { guarantee: 'exactly-once', transactionTimeout: '3s', logger: quiet } as const;
const nameOf = (): string => `collecting-${crypto.randomUUID()}`;

/** Members of a group that notice a death within seconds. Times in ms. */
export const quickMembers = { heartbeat: 300, session: 6_000 };

/** Registers the tests on a transport. */
export const exactlyOnceLaws = (newLog: () => Transport, newFolder: () => Promise<string>): void => {
  const newRun = async (): Promise<FailingRun> => {
    const log = newLog();
    const collecting = await new CollectingApp(log, nameOf(), 2).prepare();
    return { log, collecting, options: { ...exactlyOnce, folder: await newFolder() }, batch: 6 };
  };

  for (const { step, when } of callsOf('offsets', 'transaction', 'stores')) {
    test(`a crash ${when} ${step} neither loses nor repeats`, async () =>
      expectRestart(await newRun(), { step, when, call: 2 }));
  }

  for (const [what, error] of Object.entries(refusals)) {
    test(`a transaction that is ${what} is done again`, async () =>
      expectRollback(await newRun(), { step: 'transaction', when: 'before', call: 2 }, error));
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
};
