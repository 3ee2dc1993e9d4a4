import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embedded } from '@kstreams/embedded';
import { checkDamage } from '../../test/damage-law.js';
import { copyOf, readLog, writeLog } from '../../test/damaged-log.js';
import { levelLog } from './level-log.js';

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kstreams-damage-'));
  folder = join(root, 'log');
  await writeLog(folder);
});
afterAll(() => rm(root, { recursive: true, force: true }));

let copies = 1_000;
const copy = (): Promise<string> => copyOf(folder, copies++);

const contentsOf = async (at: string): Promise<ReadonlyMap<string, string>> => {
  const names = (await readdir(at)).filter((name) => !/^(LOCK|LOG.*)$/.test(name)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(at, name), 'hex')] as const)));
};

const open = async (at: string): Promise<void> => {
  const log = embedded({ storage: levelLog(at) });
  await log.admin();
  await log.close();
};

test('a log with a damaged file is read whole, or refused with an error that names it', async () => {
  expect(
    await checkDamage(
      folder,
      Array.from({ length: 30 }, (_, i) => i + 1),
    ),
  ).toBeGreaterThan(15);
});

test.each([
  ['CURRENT is missing', /CURRENT is missing, but not the other files of its database/, (at: string) => rm(at)],
  ['CURRENT is cut off', /CURRENT names no manifest in its folder/, (at: string) => writeFile(at, 'MANIFEST-0')],
  ['a table is missing', /\.ldb is missing/, (at: string) => rm(at)],
  ['a table is changed', /\.ldb is not as it was written/, (at: string) => writeFile(at, 'x', { flag: 'r+' })],
  ['the write-ahead log is missing', /\.log is missing/, (at: string) => rm(at)],
  ['the write-ahead log is cut off', /\.log is not as it was written/, (at: string) => writeFile(at, '')],
])('an opening that fails changes nothing: %s', async (_, message, damage) => {
  const at = await copy();
  const kind = String(message).includes('CURRENT')
    ? /^CURRENT$/
    : String(message).includes('ldb')
      ? /\.ldb$/
      : /^\d+\.log$/;
  await damage(join(at, (await readdir(at)).find((name) => kind.test(name)) as string));
  const before = await contentsOf(at);
  await expect(open(at)).rejects.toThrow(message);
  await expect(open(at)).rejects.toThrow(/is damaged: .*: restore a backup, .*, or remove the folder to start again/);
  expect(await contentsOf(at)).toEqual(before);
});

test('without verification, what is left of a log is read up to the damage, which has a topic, a partition and an offset', async () => {
  const at = await copy();
  const whole = await readLog(await copy());
  // A log as of an earlier close, but for its last ends: its newest records are missing.
  const name = (await readdir(at)).find((one) => /^\d+\.log$/.test(one)) as string;
  await writeFile(join(at, name), '');
  await expect(open(at)).rejects.toThrow('is not as it was written');
  const log = embedded({ storage: levelLog(at, { verify: false }), memory: 0 });
  const consumer = await log.consumer({ clientId: 'c' });
  const t = { topic: 't', partition: 0 };
  consumer.assign([{ ...t, offset: 0 }]);
  const found = [];
  while (!consumer.caughtUp(t)) found.push(...(await consumer.poll(100, 0)));
  expect(found.length).toBe(30);
  for (const record of found) expect(whole).toContain(JSON.stringify(record));
  await log.close();
});

test('after a crash a log is opened with a cut off end, and refused with damage before it', async () => {
  const crashed = await copy();
  await rm(join(crashed, 'closed.json'));
  const name = (await readdir(crashed)).find((one) => /^\d+\.log$/.test(one)) as string;
  const bytes = await readFile(join(crashed, name));
  await writeFile(join(crashed, name), bytes.subarray(0, -20));
  await open(crashed);

  const damaged = await copy();
  await rm(join(damaged, 'closed.json'));
  bytes[1_000] = (bytes[1_000] as number) ^ 1;
  await writeFile(join(damaged, name), bytes);
  await expect(open(damaged)).rejects.toThrow(/\.log is damaged from byte \d+ on/);
});

test('a log that is open elsewhere is not taken for damaged', async () => {
  const at = await copy();
  const log = embedded({ storage: levelLog(at) });
  await log.admin();
  const list = join(at, 'closed.json');
  await rename(list, `${list}.aside`);
  const [name] = (await readdir(at)).filter((one) => /^\d+\.log$/.test(one));
  await cp(join(at, name as string), join(at, '999999.log'));
  await writeFile(join(at, '999999.log'), Buffer.alloc(100, 1));
  await expect(open(at)).rejects.toThrow('this process has it open already');
  await log.close();
});
