/** Applications with copies of their state in a bucket, which lose their disks. */
import { expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { folder, snapshots } from '@kstreams/snapshots';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { embedded, start } from 'kstreams';
import { callsOf, expectRestart } from '../commit/failing-commits.js';
import { expectDeletedRowsToStayAway } from '../tombstones/deleted-rows.js';

const newFolder = temporaryFolders();
const options = { guarantee: 'exactly-once', commitInterval: 0, transactionTimeout: 300, logger: quiet } as const;

/** Returns a backend that writes a snapshot after each commit. */
const newState = async () => {
  const failures: string[] = [];
  const onFailure = ({ message }: Error): void => void failures.push(message);
  return { state: snapshots(level(), folder(await newFolder()), { every: 1, onFailure }), failures };
};

test('an application without its disk reads nothing that its snapshots have', async () => {
  const log = embedded();
  const collecting = await new CollectingApp(log, 'collecting').prepare();
  const { failures, state } = await newState();
  await collecting.send(0, 30);
  const first = await start(collecting.app, { ...options, folder: await newFolder(), transport: log, state });
  await collecting.expectExactly(30, first);
  await first.close();
  const again = await start(collecting.app, { ...options, folder: await newFolder(), transport: log, state });
  await collecting.send(30, 60);
  await collecting.expectExactly(60, again);
  expect(again.counts.restored).toBe(0);
  await again.close();
  await log.close();
  expect(failures).toEqual([]);
});

test.each(callsOf('offsets', 'transaction', 'stores'))(
  'a process that dies $when $step, and its disk with it, loses and repeats nothing',
  async (call) => {
    const log = embedded();
    const collecting = await new CollectingApp(log, 'collecting').prepare();
    const { state } = await newState();
    const disks = [await newFolder(), await newFolder()];
    const anyDisk: typeof state = { ...state, open: (_, settings) => state.open(disks.shift() as string, settings) };
    const run = { log, collecting, options: { ...options, folder: await newFolder() }, batch: 3, state: anyDisk };
    await expectRestart(run, { ...call, call: 4 });
  },
);

test('a deleted row does not come back from a snapshot', async () => {
  const { state } = await newState();
  const withoutDisks: typeof state = {
    ...state,
    open: async (_, settings) => state.open(await newFolder(), settings),
  };
  await expectDeletedRowsToStayAway(withoutDisks, await newFolder());
});
