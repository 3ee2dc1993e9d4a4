import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import type { Consumer, Received, TopicPartition } from '@kstreams/core/graph';
import { fromUtf8 } from '@kstreams/core/graph';
import { embedded } from '@kstreams/embedded';
import { levelLog } from './level-log.js';

const root = join(import.meta.dirname, '../../../..');

interface Report {
  /** End of the log when it was opened. */
  readonly opened: number;
  /** Offset after the last acknowledged record. */
  readonly plain: number;
  /** Number of the last transaction with an acknowledged commit. */
  readonly committed: number;
}

/** Runs a process that writes to a folder, kills it after `lines` lines, and returns its last report. */
const writeAndKill = async (folder: string, lines: number): Promise<Partial<Report>> => {
  const program = join(root, 'packages/level/test/writer-to-kill.ts');
  const child = spawn(process.execPath, ['--import', './tools/run/register.js', program, folder], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said: Partial<Report> = {};
  let heard = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      said = { ...said, ...(JSON.parse(line) as Partial<Report>) };
      heard++;
      if (heard === lines) child.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGKILL');
  }
  expect(heard).toBeGreaterThanOrEqual(lines);
  return said;
};

const readAll = async (consumer: Consumer, partition: TopicPartition): Promise<readonly Received[]> => {
  const found: Received[] = [];
  consumer.assign([{ ...partition, offset: 0 }]);
  while (!consumer.caughtUp(partition)) found.push(...(await consumer.poll(10_000, 0)));
  consumer.unassign([partition]);
  return found;
};

const numbers = (records: readonly Received[]): number[] =>
  records.map(({ value }) => Number(fromUtf8(value as Uint8Array)));

test('kill -9 at any moment loses no acknowledged record, and leaves no transaction half done', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-kill-'));
  try {
    let acknowledged = 0;
    let committed = 0;
    for (let round = 0; round < 4; round++) {
      const said = await writeAndKill(folder, 5 + Math.floor(Math.random() * 40));
      expect(said.opened).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = said.plain ?? acknowledged;
      committed = said.committed ?? committed;

      const log = embedded({ storage: levelLog(folder) });
      const consumer = await log.consumer({ clientId: 'c', group: 'g' });
      const [plain, one, two] = [0, 1, 2].map((partition) => ({ topic: 't', partition })) as [
        TopicPartition,
        TopicPartition,
        TopicPartition,
      ];
      const records = await readAll(consumer, plain);
      expect(records.length).toBeGreaterThanOrEqual(acknowledged);
      expect(numbers(records)).toEqual(records.map((_, i) => i));
      expect(records.map(({ offset }) => offset)).toEqual(records.map((_, i) => i));

      const keys = await readAll(consumer, { topic: 'keys', partition: 0 });
      const latest = new Map(keys.map(({ key, timestamp }) => [fromUtf8(key as Uint8Array), timestamp]));
      for (let n = Math.max(0, acknowledged - 5); n < acknowledged; n++) {
        expect(latest.get(String(n % 5))).toBeGreaterThanOrEqual(n);
      }

      const [offset] = await consumer.committed([one]);
      const done = offset?.offset ?? 0;
      expect(done).toBeGreaterThanOrEqual(committed);
      const expected = Array.from({ length: done }, (_, i) => i + 1).filter((n) => n % 3 !== 0);
      for (const partition of [one, two]) {
        expect(numbers(await readAll(consumer, partition))).toEqual(expected.flatMap((n) => [n, n, n]));
      }
      await log.close();
    }
    expect(acknowledged).toBeGreaterThan(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
