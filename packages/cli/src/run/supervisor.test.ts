import { expect, test } from '@jest/globals';
import { TestClock } from '@kstreams/testing';
import { main } from '../main.js';
import type { Child, Exit, Fork } from './child-process.js';

const script = new URL('../../test/single-process-app.js', import.meta.url).pathname;

/** Runs the command with fake processes, which end only when the test ends them. */
const runCommand = (...given: readonly string[]) => {
  const clock = new TestClock();
  const printed: string[] = [];
  const forked: {
    readonly exit: (exit: Partial<Exit>) => Promise<void>;
    readonly signals: string[];
    readonly number: string;
    readonly instanceIds: string | undefined;
  }[] = [];
  const fork: Fork = (_, rest, variables, print) => {
    const signals: string[] = [];
    let resolveExit: (exit: Exit) => void = () => {};
    const exited = new Promise<Exit>((resolve) => {
      resolveExit = resolve;
    });
    print(`hello ${rest.join(' ')}`);
    forked.push({
      signals,
      number: variables.KSTREAMS_PROCESS ?? '',
      instanceIds: variables.KSTREAMS_INSTANCE_IDS,
      exit: async (exit) => {
        resolveExit({ code: null, signal: null, ...exit });
        await exited;
      },
    });
    return { exited, kill: (signal) => void signals.push(signal) } satisfies Child;
  };
  let signal: (signal: NodeJS.Signals) => void = () => {};
  const onSignal = (call: typeof signal) => {
    signal = call;
    return () => {};
  };
  const print = (line: string) => printed.push(line);
  const code = main(given, { clock, fork, onSignal, print, report: print });
  return { clock, code, forked, printed, signal: (name: NodeJS.Signals) => signal(name) };
};

test('output has the number of its process; arguments after -- reach every process', async () => {
  const { code, forked, printed } = runCommand('run', script, '--processes', '2', '--', '--port', '80');
  expect(printed).toEqual(['[0] hello --port 80', '[1] hello --port 80']);
  for (const one of forked) await one.exit({ code: 0 });
  expect(await code).toBe(0);
});

test('processes take instance ids from their state unless they must not', async () => {
  for (const [given, instanceIds] of [
    [[], 'state'],
    [['--no-instance-ids'], undefined],
  ] as const) {
    const { code, forked } = runCommand('run', script, ...given);
    expect(forked.map((one) => one.instanceIds)).toEqual([instanceIds]);
    await forked[0]?.exit({ code: 0 });
    expect(await code).toBe(0);
  }
});

test('a failed process restarts after a pause that doubles, and is reset by a minute of running', async () => {
  const { clock, code, forked, printed, signal } = runCommand('run', script);
  const pauses = (): unknown[] => printed.flatMap((line) => /restart in (\d+) ms/.exec(line)?.[1] ?? []);
  for (const lived of [0, 10, 100, 60_000]) {
    clock.advance(lived);
    await forked.at(-1)?.exit({ signal: 'SIGSEGV' });
    const count = forked.length;
    clock.advance(Number(pauses().at(-1)) - 1);
    expect(forked).toHaveLength(count);
    clock.advance(1);
    expect(forked).toHaveLength(count + 1);
  }
  expect(pauses()).toEqual(['250', '500', '1000', '250']);
  signal('SIGTERM');
  await forked.at(-1)?.exit({ code: 0 });
  expect(await code).toBe(0);
});

test('signals are forwarded; processes still running at the deadline are killed', async () => {
  const { clock, code, forked, signal } = runCommand('run', script, '--processes', '3', '--deadline', '5s');
  await forked[2]?.exit({ code: 1 });
  signal('SIGINT');
  expect(forked.map(({ signals }) => signals)).toEqual([['SIGINT'], ['SIGINT'], []]);
  await forked[0]?.exit({ code: 0 });
  clock.advance(4_999);
  expect(forked[1]?.signals).toEqual(['SIGINT']);
  clock.advance(1);
  expect(forked[1]?.signals).toEqual(['SIGINT', 'SIGKILL']);
  await forked[1]?.exit({ signal: 'SIGKILL' });
  expect(await code).toBe(1);
  clock.advance(60_000);
  expect(forked).toHaveLength(3);
});

test('a process that refuses to be one of several stops all, without a restart', async () => {
  const { clock, code, forked } = runCommand('run', script, '--processes', '2');
  await forked[0]?.exit({ code: 1, refused: 'the log belongs to one process' });
  expect(forked[1]?.signals).toEqual(['SIGTERM']);
  await forked[1]?.exit({ code: 0 });
  expect(await code).toBe(78);
  clock.advance(60_000);
  expect(forked).toHaveLength(2);
});

test.each([
  [['run'], /missing required argument 'file'/],
  [['run', script, '--processes', 'many'], /'many' is invalid. It takes a whole number of at least 1\./],
  [['run', script, '--deadline', 'soon'], /--deadline is "soon", which is not a duration/],
  [['run', script, '--proceses', '3'], /unknown option '--proceses'\n\(Did you mean --processes\?\)/],
  [['run', 'nowhere.js'], /nowhere\.js does not exist: pass the path of a script$/],
])('the command line %j is refused', async (given, message) => {
  const { code, forked, printed } = runCommand(...given);
  expect(await code).toBe(2);
  expect(printed.join('\n')).toMatch(message);
  expect(forked).toEqual([]);
});

test('an application on the embedded log is refused in several processes', async () => {
  const printed: string[] = [];
  const code = await main(['run', script, '--processes', '2'], { print: (line) => printed.push(line) });
  expect(code).toBe(78);
  expect(printed.join('\n')).toMatch(
    /the embedded log in memory belongs to one process, and this is one of 2: use Kafka to share work, or --processes 1/,
  );
});
