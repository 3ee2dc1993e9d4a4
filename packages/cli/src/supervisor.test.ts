import { expect, test } from '@jest/globals';
import { TestClock } from '@kstreams/testing';
import type { Child, End, Fork } from './child.js';
import { main } from './main.js';

const script = new URL('../test/refused.js', import.meta.url).pathname;

/** The command over processes that do as they are told. */
const trial = (...given: readonly string[]) => {
  const clock = new TestClock();
  const printed: string[] = [];
  const forked: {
    readonly end: (end: Partial<End>) => Promise<void>;
    readonly signals: string[];
    readonly number: string;
  }[] = [];
  const fork: Fork = (_, rest, variables, print) => {
    const signals: string[] = [];
    let over: (end: End) => void = () => {};
    const ended = new Promise<End>((resolve) => {
      over = resolve;
    });
    print(`hello ${rest.join(' ')}`);
    forked.push({
      signals,
      number: variables.KSTREAMS_PROCESS ?? '',
      end: async (end) => {
        over({ code: null, signal: null, ...end });
        await ended;
      },
    });
    return { ended, kill: (signal) => void signals.push(signal) } satisfies Child;
  };
  let signal: (signal: NodeJS.Signals) => void = () => {};
  const onSignal = (call: typeof signal) => {
    signal = call;
    return () => {};
  };
  const code = main(given, { clock, fork, onSignal, print: (line) => printed.push(line) });
  return { clock, code, forked, printed, signal: (name: NodeJS.Signals) => signal(name) };
};

test('processes are told apart in what they print, and are given what is theirs', async () => {
  const { code, forked, printed } = trial('run', script, '--processes', '2', '--', '--port', '80');
  expect(printed).toEqual(['[0] hello --port 80', '[1] hello --port 80']);
  for (const one of forked) await one.end({ code: 0 });
  expect(await code).toBe(0);
});

test('who fails is started again, after pauses that grow and begin anew after a steady life', async () => {
  const { clock, code, forked, printed, signal } = trial('run', script);
  const pauses = (): unknown[] => printed.flatMap((line) => /again in (\d+) ms/.exec(line)?.[1] ?? []);
  for (const lived of [0, 10, 100, 60_000]) {
    clock.advance(lived);
    await forked.at(-1)?.end({ signal: 'SIGSEGV' });
    const count = forked.length;
    clock.advance(Number(pauses().at(-1)) - 1);
    expect(forked).toHaveLength(count);
    clock.advance(1);
    expect(forked).toHaveLength(count + 1);
  }
  expect(pauses()).toEqual(['250', '500', '1000', '250']);
  signal('SIGTERM');
  await forked.at(-1)?.end({ code: 0 });
  expect(await code).toBe(0);
});

test('signals are passed on, and who has not ended by the deadline is killed', async () => {
  const { clock, code, forked, signal } = trial('run', script, '--processes', '3', '--deadline', '5s');
  await forked[2]?.end({ code: 1 });
  signal('SIGINT');
  expect(forked.map(({ signals }) => signals)).toEqual([['SIGINT'], ['SIGINT'], []]);
  await forked[0]?.end({ code: 0 });
  clock.advance(4_999);
  expect(forked[1]?.signals).toEqual(['SIGINT']);
  clock.advance(1);
  expect(forked[1]?.signals).toEqual(['SIGINT', 'SIGKILL']);
  await forked[1]?.end({ signal: 'SIGKILL' });
  expect(await code).toBe(1);
  clock.advance(60_000);
  expect(forked).toHaveLength(3);
});

test('a process that refuses to be one of several ends them all, and is not started again', async () => {
  const { clock, code, forked } = trial('run', script, '--processes', '2');
  await forked[0]?.end({ code: 1, refused: 'the log belongs to one process' });
  expect(forked[1]?.signals).toEqual(['SIGTERM']);
  await forked[1]?.end({ code: 0 });
  expect(await code).toBe(78);
  clock.advance(60_000);
  expect(forked).toHaveLength(2);
});

test.each([
  [['walk'], /^usage: kstreams run APP/],
  [['run'], /^usage: kstreams run APP/],
  [['run', script, '--processes', 'many'], /^--processes many is not a whole number from 1 on$/],
  [['run', script, '--deadline', 'soon'], /^--deadline is "soon", which is not a duration/],
  [['run', script, '--proceses', '3'], /Unknown option '--proceses'/],
  [['run', 'nowhere.js'], /^there is no .*nowhere\.js to run$/],
])('%j is refused', async (given, message) => {
  const { code, forked, printed } = trial(...given);
  expect(await code).toBe(2);
  expect(printed.join('\n')).toMatch(message);
  expect(forked).toEqual([]);
});

test('the embedded log is refused in several processes, for it belongs to one', async () => {
  const printed: string[] = [];
  const code = await main(['run', script, '--processes', '2'], { print: (line) => printed.push(line) });
  expect(code).toBe(78);
  expect(printed.join('\n')).toMatch(
    /the embedded log in memory belongs to one process, and this is one of 2: use Kafka to share work, or --processes 1/,
  );
});
