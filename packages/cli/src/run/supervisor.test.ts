import { basename, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { TestClock } from '@kstreams/testing';
import { main } from '../main.js';
import type { Child, Exit, Fork, ForkOptions } from './child-process.js';
import type { WatchFolder } from './file-watch.js';

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
    readonly options: ForkOptions;
  }[] = [];
  const fork: Fork = (options) => {
    const { given: rest, print, variables } = options;
    const signals: string[] = [];
    let resolveExit: (exit: Exit) => void = () => {};
    const exited = new Promise<Exit>((resolve) => {
      resolveExit = resolve;
    });
    print(`hello ${rest.join(' ')}`);
    forked.push({
      signals,
      options,
      number: variables.KSTREAMS_PROCESS ?? '',
      instanceIds: variables.KSTREAMS_INSTANCE_IDS,
      exit: async (exit) => {
        resolveExit({ code: null, signal: null, loaded: true, ...exit });
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
  const folders = new Map<string, (file: string) => void>();
  const watchFolder: WatchFolder = (folder, changed) => {
    folders.set(folder, changed);
    return () => folders.delete(folder);
  };
  const code = main(given, { clock, fork, onSignal, print, report: print, watchFolder });
  const change = (path: string): void => folders.get(dirname(path))?.(basename(path));
  return { change, clock, code, folders, forked, printed, signal: (name: NodeJS.Signals) => signal(name) };
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

test('an error while the module loads stops all processes, without a restart', async () => {
  const { clock, code, forked, printed } = runCommand('run', script, '--processes', '2');
  await forked[0]?.exit({ code: 1, loaded: false });
  expect(printed.at(-1)).toBe('[0] ended with code 1 before it had loaded: no restart');
  expect(forked[1]?.signals).toEqual(['SIGTERM']);
  await forked[1]?.exit({ code: 0 });
  expect(await code).toBe(1);
  clock.advance(60_000);
  expect(forked).toHaveLength(2);
});

test('a module that has loaded once, or whose process was killed, is loaded again', async () => {
  const { clock, code, forked, signal } = runCommand('run', script);
  await forked[0]?.exit({ signal: 'SIGKILL', loaded: false });
  clock.advance(30_000);
  await forked[1]?.exit({ code: 1, loaded: true });
  clock.advance(30_000);
  await forked[2]?.exit({ code: 1, loaded: false });
  clock.advance(30_000);
  expect(forked).toHaveLength(4);
  signal('SIGTERM');
  await forked[3]?.exit({ code: 0 });
  expect(await code).toBe(0);
});

test('variables and options of Node reach every process', async () => {
  const { code, forked } = runCommand('run', script, '--env-file', script, '--brokers', 'here:1', '--config', 'client');
  expect(forked[0]?.options.nodeOptions).toEqual([`--env-file=${script}`]);
  expect(forked[0]?.options.variables).toMatchObject({ KSTREAMS_BROKERS: 'here:1', KSTREAMS_CONFIG: 'client' });
  await forked[0]?.exit({ code: 0 });
  expect(await code).toBe(0);
});

describe('with --watch', () => {
  test('a changed file closes all processes, which then start again', async () => {
    const { change, clock, code, folders, forked, printed, signal } = runCommand(
      'run',
      script,
      '--watch',
      '--processes',
      '2',
    );
    forked[0]?.options.onFile?.('/app/steps.js');
    forked[0]?.options.onFile?.('/app/node_modules/other/index.js');
    expect([...folders.keys()]).toEqual([dirname(script), '/app']);
    change('/app/other.js');
    clock.advance(1_000);
    expect(forked[0]?.signals).toEqual([]);
    change('/app/steps.js');
    clock.advance(99);
    change('/app/steps.js');
    clock.advance(99);
    expect(forked[0]?.signals).toEqual([]);
    clock.advance(1);
    expect(printed.at(-1)).toBe('/app/steps.js has changed: restart');
    expect(forked.map(({ signals }) => signals)).toEqual([['SIGTERM'], ['SIGTERM']]);
    await forked[0]?.exit({ code: 0 });
    expect(forked).toHaveLength(3);
    change('/app/steps.js');
    clock.advance(100);
    expect(forked.map(({ signals }) => signals)).toEqual([['SIGTERM'], ['SIGTERM'], ['SIGTERM']]);
    await forked[1]?.exit({ code: 0 });
    await forked[2]?.exit({ code: 0 });
    expect(forked).toHaveLength(5);
    signal('SIGINT');
    await forked[3]?.exit({ code: 0 });
    await forked[4]?.exit({ code: 0 });
    expect(await code).toBe(0);
    expect(folders.size).toBe(0);
  });

  test('a process that does not close by the deadline is killed, and the next one is not', async () => {
    const { change, clock, code, forked, signal } = runCommand('run', script, '--watch', '--deadline', '5s');
    change(script);
    clock.advance(100);
    clock.advance(5_000);
    expect(forked[0]?.signals).toEqual(['SIGTERM', 'SIGKILL']);
    await forked[0]?.exit({ signal: 'SIGKILL' });
    clock.advance(60_000);
    expect(forked[1]?.signals).toEqual([]);
    signal('SIGINT');
    await forked[1]?.exit({ code: 0 });
    expect(await code).toBe(0);
  });

  test('a process that has ended, of itself or by an error, waits for a change', async () => {
    const { change, clock, code, forked, printed, signal } = runCommand('run', script, '--watch');
    for (const exit of [{ code: 1, loaded: false }, { code: 1 }, { code: 0 }]) {
      await forked.at(-1)?.exit(exit);
      expect(printed.at(-1)).toBe(`[0] ended with code ${exit.code}: waits for a change of a file`);
      clock.advance(60_000);
      const count = forked.length;
      change(script);
      clock.advance(100);
      expect(forked).toHaveLength(count + 1);
    }
    signal('SIGINT');
    await forked.at(-1)?.exit({ code: 0 });
    expect(await code).toBe(0);
  });
});

test.each([
  [['run'], /missing required argument 'file'/],
  [['run', script, '--processes', 'many'], /'many' is invalid. It takes a whole number of at least 1\./],
  [['run', script, '--deadline', 'soon'], /--deadline is "soon", which is not a duration/],
  [['run', script, '--proceses', '3'], /unknown option '--proceses'\n\(Did you mean --processes\?\)/],
  [['run', 'nowhere.js'], /nowhere\.js does not exist: pass the path of a file$/],
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
