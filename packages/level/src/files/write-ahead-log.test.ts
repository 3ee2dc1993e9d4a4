import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { Level } from 'level';
import { findDamage } from './write-ahead-log.js';

let folder: string;
/** A write-ahead log of LevelDB, with records of many lengths over several blocks. */
let log: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kstreams-wal-'));
  const database = new Level(folder);
  await database.open();
  for (let i = 0; i < 400; i++) await database.put(`key ${i}`, 'v'.repeat((i * 97) % 1_500));
  await database.close();
  const name = (await readdir(folder)).find((one) => /^\d+\.log$/.test(one)) as string;
  log = new Uint8Array(await readFile(join(folder, name)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a whole log has no damage, and neither has one that is cut off anywhere', () => {
  expect(log.length).toBeGreaterThan(4 * 32_768);
  expect(findDamage(log)).toBeUndefined();
  const random = new Random(1);
  for (let i = 0; i < 300; i++) expect(findDamage(log.slice(0, random.below(log.length)))).toBeUndefined();
});

test('a changed byte that has records behind it is damage, from its record on', () => {
  const random = new Random(2);
  for (let i = 0; i < 100; i++) {
    const at = random.below(log.length - 4_000);
    const damaged = log.slice();
    damaged[at] = (damaged[at] as number) ^ (1 << random.below(8));
    const found = findDamage(damaged) as number;
    expect(found).toBeLessThanOrEqual(at);
    expect(found).toBeGreaterThan(at - 2_000);
  }
});
