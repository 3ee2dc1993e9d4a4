/** Dead letters of an application, on an embedded log in memory. */
import { beforeEach, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { countTexts, sendTexts } from '@kstreams/test-support/text-records';
import { embedded, memory, type StartOptions, type Streams, start } from 'kstreams';
import { main } from '../../main.js';

const fileIn = (name: string): string => new URL(`../../../test/${name}`, import.meta.url).pathname;
const file = fileIn('greetings.js');

let log: ReturnType<typeof embedded>;
beforeEach(async () => {
  log = embedded();
  await runApp([
    ['k1', '{"name":"ann"}'],
    ['k2', '{"name":""}', 2_000],
    ['k3', 'no json', 3_000],
  ]);
});

/** Runs the application until it has read all names. */
const runApp = async (
  names: readonly (readonly [key: string, name: string, timestamp?: number])[] = [],
): Promise<void> => {
  const { app, options } = (await import(file)) as { app: Streams; options: StartOptions };
  const running = await start(app, { ...options, transport: log, state: memory(), commitInterval: 10, logger: quiet });
  await sendTexts(
    log,
    'names',
    names.map(([key, name, timestamp = 1_000]) => [key, name, { timestamp }] as const),
  );
  await awaitCommitted(log, running, { topic: 'names', partition: 0 }, await countTexts(log, 'names', 1));
  await running.close();
};

const run = async (name: string, ...given: readonly string[]) => {
  const lines: string[] = [];
  const code = await main(['dead-letters', name, file, ...given], {
    print: (line) => lines.push(line),
    report: (line) => lines.push(line),
    connect: async () => Object.assign(Object.create(log), { close: async () => {} }),
  });
  return { code, lines };
};
const listed = async (...given: readonly string[]) =>
  (await run('list', '--json', ...given)).lines.map((line) => JSON.parse(line));

test('are listed with their errors, and decoded with the serdes of their sources', async () => {
  const { code, lines } = await run('list');
  expect(code).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(
      /^names-dead 0:0 {2}1970-01-01T00:00:02.000Z {2}from names 0:1 {2}RangeError: .*a name is empty/,
    ),
    expect.stringMatching(/^names-dead 0:1 {2}1970-01-01T00:00:03.000Z {2}from names 0:2 {2}\w*Error: /),
  ]);
  expect(await listed()).toMatchObject([
    { key: 'k2', value: { name: '' }, exception: 'RangeError', source: { topic: 'names', partition: 0, offset: 1 } },
    { key: 'k3', value: { $bytes: 'bm8ganNvbg==' }, error: expect.stringMatching(/JSON/) },
  ]);
});

test('are chosen by reason and time', async () => {
  const keys = async (...given: readonly string[]) => (await listed(...given)).map(({ key }) => key);
  expect(await keys('--reason', 'RANGEERROR: ')).toEqual(['k2']);
  expect(await keys('--since', '1970-01-01T00:00:03Z')).toEqual(['k3']);
  expect(await keys('--until', '1970-01-01T00:00:03Z')).toEqual(['k2']);
  expect(await keys('--reason', 'nothing of this kind')).toEqual([]);
});

test('are shown whole, with the stack trace', async () => {
  const { code, lines } = await run('show', '0:0');
  expect(code).toBe(0);
  expect(lines.slice(1, 3)).toEqual(['key      k2', 'value    {"name":""}']);
  expect(lines.join('\n')).toMatch(/^ +at /m);
  const missing = await run('show', '0:7');
  expect(missing.code).toBe(2);
  expect(missing.lines.join('')).toMatch(/names-dead has no letter at 0:7/);
});

test('are written back to their topics, and processed again', async () => {
  const planned = await run('replay', '0:0');
  expect(planned.lines).toEqual([expect.stringMatching(/^\+ names-dead 0:0/), 'nothing is written without --yes']);
  expect(await countTexts(log, 'names', 1)).toBe(3);
  const done = await run('replay', 'names-dead:0:0', '--yes');
  expect(done).toMatchObject({ code: 0, lines: [expect.stringMatching(/^\+ /), '1 record written'] });
  await runApp();
  expect(await listed()).toMatchObject([{ key: 'k2' }, { key: 'k3' }, { key: 'k2', source: { offset: 3 } }]);
  const all = await run('replay', '--all', '--yes', '--json');
  expect(JSON.parse(all.lines.join(''))).toEqual({ replayed: 3, refused: 0, done: true });
});

test('that are none are refused, and the exit code says so', async () => {
  await sendTexts(log, 'names-dead', [['k', 'v']]);
  const { code, lines } = await run('replay', '--all', '--yes');
  expect(code).toBe(1);
  expect(lines.slice(-2)).toEqual([expect.stringMatching(/^! .* it has no headers of an error$/), '2 records written']);
});

test.each([
  [['replay'], /no letters are chosen: pass positions, --reason, --since, --until or --all/],
  [['show', 'zero'], /It takes partition:offset, or topic:partition:offset/],
  [['list', '--topic', 'letters'], /has no topic "letters"/],
  [['list', '--since', 'noon'], /It takes a time in ISO 8601/],
])('refuses %j', async ([name = '', ...given], message) => {
  const { code, lines } = await run(name, ...given);
  expect(code).toBe(2);
  expect(lines.join('\n')).toMatch(message);
});

test('of an application that declares no topic for them are refused', async () => {
  const lines: string[] = [];
  const code = await main(['dead-letters', 'list', fileIn('counting.js'), '--log', '.'], {
    report: (line) => lines.push(line),
    connect: async () => Object.assign(Object.create(log), { close: async () => {} }),
  });
  expect(code).toBe(2);
  expect(lines.join('')).toMatch(/counting declares no dead-letter topic: pass --topic, or export const options/);
});
