import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { copyOf, damageFile, readLog, writeLog } from '../../test/damaged-log.js';
import { planLogRepair } from './log-repair.js';

let root: string;
let folder: string;
let whole: readonly string[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kstreams-repair-'));
  folder = join(root, 'log');
  await writeLog(folder);
  whole = await readLog(await copy());
});
afterAll(() => rm(root, { recursive: true, force: true }));

let copies = 0;
const copy = (): Promise<string> => copyOf(folder, copies++);
const logIn = async (at: string): Promise<string> =>
  join(at, (await readdir(at)).find((name) => /^\d+\.log$/.test(name)) as string);

/** Returns the records of each partition of a log, in order. */
const recordsOf = (contents: readonly string[]): ReadonlyMap<number, readonly string[]> => {
  const records = new Map<number, string[]>();
  for (const text of contents.slice(1)) {
    const { partition } = JSON.parse(text) as { partition: number };
    records.set(partition, [...(records.get(partition) ?? []), text]);
  }
  return records;
};

/** Expects the records of each partition to be those of the whole log up to some offset. */
const expectPrefix = (contents: readonly string[]): void => {
  expect(contents).not.toContain('damage');
  const all = recordsOf(whole);
  for (const [partition, records] of recordsOf(contents))
    expect(records).toEqual(all.get(partition)?.slice(0, records.length));
};

test('no repair for a whole log', async () => {
  expect(await planLogRepair(await copy())).toBeUndefined();
});

test('a missing CURRENT is written again, and nothing is lost', async () => {
  const at = await copy();
  await rm(join(at, 'CURRENT'));
  const repair = await planLogRepair(at);
  expect(repair).toMatchObject({ change: 'writes CURRENT as the last close left it', loses: 'nothing' });
  await repair?.run();
  expect(await readLog(at)).toEqual(whole);
});

test.each([
  ['cut off', true],
  ['cut off', false],
  ['changed', true],
  ['changed', false],
])('a write-ahead log that is %s loses its end (after a close: %s)', async (kind, closed) => {
  const at = await copy();
  if (!closed) await rm(join(at, 'closed.json'));
  const file = await logIn(at);
  const bytes = await readFile(file);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] as number) ^ 1;
  await (kind === 'changed' ? writeFile(file, bytes) : truncate(file, middle));
  const before = await readFile(file);
  const repair = await planLogRepair(at);
  if (kind === 'cut off' && !closed) {
    // A crash leaves such an end, so the opening itself drops it.
    expect(repair).toBeUndefined();
  } else {
    const [, cut] = /^cuts \d+\.log at byte (\d+)$/.exec(repair?.change ?? '') ?? [];
    expect(repair?.loses).toContain(`the newest ${bytes.length - Number(cut)} bytes`);
    expect(await readFile(file)).toEqual(before);
    const aside = (await repair?.run()) as string;
    expect(await readFile(await logIn(aside))).toEqual(before);
    expect(await planLogRepair(at)).toBeUndefined();
  }
  const contents = await readLog(at);
  expect(contents.length).toBeGreaterThan(1);
  expect(contents.length).toBeLessThan(whole.length);
  expectPrefix(contents);
});

test('any damage is left as it is, or repaired to the start of each partition', async () => {
  let repaired = 0;
  for (let seed = 1; seed <= 15; seed++) {
    const at = await copy();
    await damageFile(new Random(seed), at);
    const repair = await planLogRepair(at);
    if (repair === undefined) continue;
    await repair.run();
    expectPrefix(await readLog(at));
    repaired++;
  }
  expect(repaired).toBeGreaterThan(2);
});

test('damage of older writes has no repair', async () => {
  const at = await copy();
  const table = (await readdir(at)).find((name) => /\.ldb$/.test(name)) as string;
  await writeFile(join(at, table), 'x', { flag: 'r+' });
  expect(await planLogRepair(at)).toBeUndefined();
});
