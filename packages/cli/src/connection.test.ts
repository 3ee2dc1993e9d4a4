import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sendTexts } from '@kstreams/test-support/text-records';
import { embedded } from 'kstreams';
import { settingsOf } from './connection.js';
import { main } from './main.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kstreams-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = async (...given: readonly string[]) => {
  const [printed, reported]: [string[], string[]] = [[], []];
  const code = await main(given, { print: (line) => printed.push(line), report: (line) => reported.push(line) });
  return { code, printed, reported: reported.join('\n') };
};

test('settings of the client come from a file, without comments', () => {
  writeFileSync(join(folder, 'client'), '# secret\nsecurity.protocol = ssl\n\nsasl.password=a=b\n');
  expect(settingsOf(join(folder, 'client'))).toEqual({ 'security.protocol': 'ssl', 'sasl.password': 'a=b' });
});

test('a line that is no setting is refused without its text', () => {
  writeFileSync(join(folder, 'client'), 'a=b\nhunter2\n');
  expect(() => settingsOf(join(folder, 'client'))).toThrow(/client:2 is no setting: write name=value$/);
});

test('an embedded log is opened by its folder', async () => {
  const log = embedded({ folder: join(folder, 'log') });
  const admin = await log.admin();
  await admin.create([{ name: 'words', partitions: 1, config: {} }]);
  await admin.close();
  await sendTexts(log, 'words', [['a', 'one']]);
  await log.close();
  const { code, printed } = await run(
    'tail',
    'words',
    '--log',
    join(folder, 'log'),
    '--from',
    'earliest',
    '--no-follow',
  );
  expect({ code, printed }).toEqual({ code: 0, printed: ['0:0  1970-01-01T00:00:01.000Z  a  one'] });
});

test.each([
  [['topics'], /no log is named: pass --brokers host:port, or --log folder/],
  [['topics', '--log', 'nowhere'], /nowhere does not exist: pass the folder of an embedded log/],
  [['topics', '--brokers', 'x:1', '--log', 'y'], /'--brokers <host:port>' cannot be used with option '--log/],
  [['topics', '--brokers', 'x:1', '--config', 'none'], /none does not exist: pass a file of settings/],
  [['walk'], /unknown command 'walk'/],
])('the command line %j is refused', async (given, message) => {
  const { code, reported } = await run(...given);
  expect(code).toBe(2);
  expect(reported).toMatch(message);
});

test('the help lists the commands, and that of a command its options and examples', async () => {
  const { code, printed } = await run('--help');
  expect(code).toBe(0);
  for (const command of [
    'init',
    'run',
    'describe',
    'plan',
    'reset',
    'lag',
    'topics',
    'tail',
    'produce',
    'acls',
    'dead-letters',
    'doctor',
    'completion',
  ]) {
    expect(printed.join('\n')).toMatch(new RegExp(`^  ${command} `, 'm'));
    const help = (await run(command, '--help')).printed.join('\n');
    expect(help).toMatch(new RegExp(`^Usage: kstreams ${command} `));
    expect(help).toMatch(new RegExp(`\nExamples:\n  .*kstreams ${command} `));
  }
});
