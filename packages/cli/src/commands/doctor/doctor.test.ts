/** Checks of the machine, the log and the state of an application. */
import { readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { sendTexts } from '@kstreams/test-support/text-records';
import { embedded, type Streams, start } from 'kstreams';
import { TransportError } from 'kstreams/authors';
import { main } from '../../main.js';
import { checkNode, spaceOf } from './check-machine.js';

const newFolder = temporaryFolders();
const file = new URL('../../../test/counting.js', import.meta.url).pathname;

/** Runs the application on the embedded log in a folder, and returns the folder. */
const ran = async (): Promise<string> => {
  const folder = await newFolder();
  const { app } = (await import(file)) as { app: Streams };
  const log = embedded({ folder: join(folder, 'log') });
  const running = await start(app, { transport: log, folder, commitInterval: 10, logger: quiet });
  await sendTexts(log, 'words', [['', 'a']]);
  await awaitCommitted(log, running, { topic: 'counting-counts-repartition', partition: 0 }, 1);
  await running.close();
  await log.close();
  return folder;
};

const doctor = async (...given: readonly string[]) => {
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);
  const code = await main(['doctor', ...given], { print: report, report });
  return { code, lines };
};

/** Returns the findings that are not well. */
const problems = async (...given: readonly string[]) => {
  const { code, lines } = await doctor(...given, '--json');
  const findings = JSON.parse(lines.join('')) as readonly { readonly check: string; readonly level: string }[];
  return {
    code,
    checks: findings.map(({ check }) => check),
    found: findings.filter(({ level }) => level === 'problem'),
  };
};

test('finds nothing wrong with an application that can start', async () => {
  const folder = await ran();
  const { checks, code, found } = await problems(file, '--folder', folder);
  expect({ code, checks, found }).toEqual({
    code: 0,
    checks: ['node', 'folder', 'disk', 'state', 'log', 'topics', 'group'],
    found: [],
  });
  const { lines } = await doctor(file, '--folder', folder);
  expect(lines[0]).toBe(`ok       node    ${process.versions.node}`);
  expect(lines).toContain(`ok       state   ${join(folder, 'state', '0')}: undamaged`);
});

test('finds damaged state, and moves it aside', async () => {
  const folder = await ran();
  const slot = join(folder, 'state', '0');
  await rm(join(slot, 'rows', 'CURRENT'));
  expect(await problems(file, '--folder', folder)).toMatchObject({
    code: 1,
    found: [
      {
        check: 'state',
        where: slot,
        what: expect.stringMatching(/CURRENT is missing/),
        loses: expect.stringMatching(/changelog/),
      },
    ],
  });
  const planned = await doctor(file, '--folder', folder, '--repair');
  expect(planned).toMatchObject({ code: 1 });
  expect(planned.lines.map((line) => line.trim())).toContain('--yes does it');
  expect(await readdir(slot)).not.toContain('rows.damaged-1');
  const repaired = await doctor(file, '--folder', folder, '--repair', '--yes');
  expect(repaired.code).toBe(0);
  expect(repaired.lines.join('\n')).toMatch(/repaired: moved to .*rows\.damaged-1/);
  expect((await problems(file, '--folder', folder)).code).toBe(0);
});

test('finds a damaged log, and repairs it up to the damage', async () => {
  const folder = await ran();
  const log = join(folder, 'log');
  const newest = join(log, (await readdir(log)).find((name) => /^\d+\.log$/.test(name)) as string);
  const { length } = await readFile(newest);
  await truncate(newest, length - 1);
  expect(await problems(file, '--folder', folder)).toMatchObject({
    code: 1,
    found: [
      {
        check: 'log',
        where: log,
        what: expect.stringMatching(/is damaged: .*restore a backup/),
        repair: expect.stringMatching(/^cuts \d+\.log at byte \d+$/),
        loses: expect.stringMatching(/^the newest \d+ bytes of writes/),
      },
    ],
  });
  const planned = await doctor(file, '--folder', folder, '--repair');
  expect(planned.code).toBe(1);
  expect(planned.lines.join('\n')).toMatch(/the repair cuts .*\n.*the repair loses: the newest .*\n.*--yes does it/);
  expect((await readFile(newest)).length).toBe(length - 1);
  const repaired = await doctor(file, '--folder', folder, '--repair', '--yes');
  expect(repaired.code).toBe(0);
  expect(repaired.lines.join('\n')).toMatch(/repaired: the files as they were are in .*damaged-1/);
  expect((await problems(file, '--folder', folder)).code).toBe(0);
});

test('a log whose files may hold older writes has no repair', async () => {
  const folder = await ran();
  await rm(join(folder, 'log', 'CURRENT'));
  await rm(join(folder, 'log', 'closed.json'));
  const { code, lines } = await doctor(file, '--folder', folder, '--repair', '--yes');
  expect(code).toBe(1);
  expect(lines.join('\n')).not.toContain('repair loses');
});

test('finds topics with which the application cannot start', async () => {
  const log = embedded();
  const admin = await log.admin();
  await admin.create([{ name: 'counting-counts-changelog', partitions: 3, config: { 'cleanup.policy': 'compact' } }]);
  await admin.close();
  const lines: string[] = [];
  const code = await main(['doctor', file, '--folder', await newFolder(), '--brokers', 'b:1'], {
    print: (line) => lines.push(line),
    connect: async () => log,
  });
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(/^problem {2}topics {2}b:1: topic "counting-counts-changelog" has 3 partitions/m);
});

test('finds brokers that cannot be reached', async () => {
  const lines: string[] = [];
  const code = await main(['doctor', '--brokers', 'b:1'], {
    print: (line) => lines.push(line),
    connect: async () =>
      Object.assign(embedded(), {
        admin: async () => {
          throw new TransportError('cannot connect to the Kafka brokers at b:1');
        },
      }),
  });
  expect({ code, last: lines.at(-1) }).toEqual({
    code: 1,
    last: 'problem  log     b:1: cannot connect to the Kafka brokers at b:1',
  });
});

test('finds a folder that cannot be made', async () => {
  const { found } = await problems('--folder', join(file, 'shop'));
  expect(found).toEqual([
    {
      check: 'folder',
      level: 'problem',
      where: join(file, 'shop'),
      what: `${file} is no folder`,
      remedy: 'name another folder',
    },
  ]);
});

test('finds an old Node and a full disk', () => {
  expect(['18.20.0', '20.18.9', '20.19.0', '22.0.0'].map((version) => checkNode(version).level)).toEqual([
    'problem',
    'problem',
    'ok',
    'ok',
  ]);
  expect([50 * 2 ** 20, 500 * 2 ** 20, 2 ** 30].map((free) => spaceOf('.', free).level)).toEqual([
    'problem',
    'warning',
    'ok',
  ]);
});
