import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Ask } from '../init/ask.js';
import { logs, packageManagers, testRunners } from '../init/choices.js';
import { main } from '../main.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kstreams-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const init = async (given: readonly string[], ask?: Ask) => {
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const environment = { print, report: print, isTerminal: ask !== undefined, ...(ask && { ask }) };
  return { code: await main(['init', ...given], environment), printed };
};

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

const combinations = packageManagers.flatMap((packageManager) =>
  testRunners.flatMap((runner) => logs.map((log) => [packageManager, runner, log] as const)),
);

test.each(combinations)('writes a project with %s, %s and the log %s', async (packageManager, runner, log) => {
  const options = ['--package-manager', packageManager, '--test', runner, '--log', log];
  const { code, printed } = await init([join(folder, 'My Shop'), ...options]);
  expect({ code, next: printed.slice(2).map((line) => line.trim()) }).toMatchObject({
    code: 0,
    next: [
      `${packageManager} install`,
      `${packageManager} test`,
      expect.stringMatching(new RegExp(`^${packageManager} .*dev`)),
    ],
  });
  const { dependencies, devDependencies, name } = JSON.parse(read('My Shop/package.json'));
  expect(name).toBe('my-shop');
  expect('@confluentinc/kafka-javascript' in dependencies).toBe(log === 'kafka');
  for (const one of ['jest', 'vitest']) expect(one in devDependencies).toBe(one === runner);
  expect(read('My Shop/src/topology.ts')).toContain("streams('my-shop')");
  expect(read('My Shop/src/main.ts')).toContain(log === 'kafka' ? 'kafka({ brokers })' : 'embedded({ folder');
  for (const path of ['README.md', 'src/main.ts', 'src/topology.ts', 'test/topology.test.ts', 'tsconfig.json']) {
    expect(read(`My Shop/${path}`)).not.toMatch(/undefined|\[object|\$\{(?!app|brokers)/);
  }
});

test('prompts in a terminal for choices without an option', async () => {
  const asked: unknown[] = [];
  const { code } = await init([join(folder, 'shop'), '--log', 'kafka'], async ({ defaults, known }) => {
    asked.push(known);
    return { ...defaults, test: 'jest' };
  });
  expect({ asked, code }).toEqual({ asked: [{ log: 'kafka' }], code: 0 });
  expect(read('shop/test/topology.test.ts')).toContain('@jest/globals');
});

test('prompts for nothing with --yes, and writes nothing when the user cancels', async () => {
  const cancels: Ask = async () => undefined;
  expect(await init([join(folder, 'shop')], cancels)).toEqual({ code: 1, printed: [] });
  expect(readdirSync(folder)).toEqual([]);
  expect((await init([join(folder, 'shop'), '--yes'], cancels)).code).toBe(0);
});

test('prints the choices and the files as JSON', async () => {
  const { printed } = await init([join(folder, 'shop'), '--json']);
  const { files, ...choices } = JSON.parse(printed.join(''));
  expect(choices).toEqual({
    folder: join(folder, 'shop'),
    name: 'shop',
    packageManager: 'npm',
    test: 'node',
    log: 'embedded',
  });
  expect(files).toContain('src/topology.ts');
});

test('a repository without files is a place for a project; a folder with files is not', async () => {
  mkdirSync(join(folder, '.git'));
  expect((await init([folder, '--name', 'shop'])).code).toBe(0);
  const { code, printed } = await init([folder, '--name', 'shop']);
  expect(code).toBe(2);
  expect(printed.join('\n')).toMatch(/is not empty, it has \.gitignore: pass the name of a new folder/);
});

test.each([
  ['--name', 'My Shop', /"My Shop" is no name of a package: pass --name\. It takes small letters/],
  ['--test', 'mocha', /Allowed choices are node, vitest, jest/],
])('%s %s is refused', async (option, value, message) => {
  writeFileSync(join(folder, 'kept'), '');
  const { code, printed } = await init([join(folder, 'shop'), option, value]);
  expect(code).toBe(2);
  expect(printed.join('\n')).toMatch(message);
  expect(readdirSync(folder)).toEqual(['kept']);
});
