/** Runs TypeScript modules in processes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { main } from '../main.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

let folder = '';
beforeEach(() => {
  // In the repository, where tsx is installed, and not below node_modules, which is not watched.
  folder = mkdtempSync(join(root, 'packages/cli/test/.run-'));
  process.env.NODE_OPTIONS = `--conditions=@kstreams/source --import ${join(root, 'tools/run/register.js')}`;
});
afterEach(() => {
  delete process.env.NODE_OPTIONS;
  rmSync(folder, { recursive: true });
});

/** Runs a file, and calls `onLine` for each line and a function that stops the command. */
const runFile = async (given: readonly string[], onLine: (line: string, stop: () => void) => void) => {
  const printed: string[] = [];
  let stop = (): void => {};
  const code = await main(['run', ...given], {
    print: (line) => {
      printed.push(line);
      onLine(line, stop);
    },
    onSignal: (listener) => {
      stop = () => listener('SIGINT');
      return () => {};
    },
  });
  return { code, printed };
};

test('an application that a TypeScript module exports starts, and closes on a signal', async () => {
  const script = join(root, 'packages/cli/test/exported.ts');
  const { code, printed } = await runFile([script, '--log', join(folder, 'log')], (_, stop) => stop());
  expect({ code, printed }).toEqual({
    code: 0,
    printed: [`[0] exported runs on embedded log in ${join(folder, 'log')}`],
  });
});

test('a changed file restarts the program; variables come from a file', async () => {
  const [script, imported, variables] = ['main.mts', 'word.mts', '.env'].map((name) => join(folder, name));
  const write = (word: string): void => writeFileSync(imported as string, `export const word: string = '${word}';\n`);
  write('one');
  writeFileSync(variables as string, 'GREETING=hello\n');
  const program =
    "import { word } from './word.mjs';\nconsole.log(process.env.GREETING, word);\nsetInterval(() => {}, 1e6);\n";
  writeFileSync(script as string, program);
  const { code, printed } = await runFile(
    [script as string, '--watch', '--env-file', variables as string],
    (line, stop) => {
      if (line === '[0] hello one') write('two');
      if (line === '[0] hello two') stop();
    },
  );
  expect(printed).toEqual(['[0] hello one', `${imported} has changed: restart`, '[0] hello two']);
  expect(code).toBe(1);
});

test('an error of a module that cannot be loaded ends the command', async () => {
  const script = join(folder, 'broken.mts');
  writeFileSync(script, "import './nowhere.mjs';\n");
  const { code, printed } = await runFile([script], () => {});
  expect(code).toBe(1);
  expect(printed.join('\n')).toMatch(/Cannot find module .*nowhere\.mjs/);
  expect(printed.at(-1)).toBe('[0] ended with code 1 before it had loaded: no restart');
});

test('a module that fails after the start of its application is loaded again', async () => {
  const script = join(folder, 'fails.mts');
  const lines = ["globalThis[Symbol.for('kstreams.onStart')]('shop')();", "await Promise.reject(new Error('late'));"];
  writeFileSync(script, lines.join('\n'));
  const { code, printed } = await runFile([script], (line, stop) => {
    if (line.includes('restart')) stop();
  });
  expect(printed.at(-1)).toBe('[0] ended with code 1: restart in 250 ms');
  expect(code).toBe(0);
});
