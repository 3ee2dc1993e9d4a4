import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkHouse } from './house.js';
import { readRepository } from './read-repository.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'house-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const violations = () => checkHouse(readRepository(folder)).map(({ path, line, rule }) => `${path}:${line} ${rule}`);

test.each([
  ['arrows', 'packages/core/src/a.ts', "import '@kstreams/runtime';"],
  ['cycles', 'packages/core/src/a.ts', "import './a.js';"],
  ['names', 'packages/core/src/a.ts', 'class StoreImpl {}'],
  ['docstrings', 'packages/core/src/a.ts', 'export const a = 1;'],
  ['synchronous', 'packages/core/src/dsl/operators/a.ts', 'const a = async () => {};'],
  ['synchronous', 'packages/core/src/state/a.ts', 'const a = { put: () => Promise.resolve() };'],
  ['synchronous', 'packages/runtime/src/compile/compile.ts', 'await 1;'],
  ['synchronous', 'packages/core/src/graph/context.ts', 'interface Context { forward(): Promise<void> }'],
  ['any', 'packages/core/src/a.ts', 'const a: any = 1;'],
  ['wording', 'tools/house/a.ts', '/** Knows a thing. */'],
  ['ignored-errors', 'tools/house/a.ts', 'try { a(); } catch {}'],
  ['clocks', 'packages/core/src/a.ts', 'Date.now();'],
])('a folder fails by %s: %s', (rule, path, text) => {
  write(path, text);
  expect(violations()).toEqual([expect.stringMatching(new RegExp(`^${path}:\\d+ ${rule}$`))]);
});

test('a folder fails by readmes', () => {
  write('packages/core/package.json', '{ "private": true }');
  expect(violations()).toEqual(['packages/core/README.md:1 readmes']);
});

test('a folder fails by manifests', () => {
  write('packages/core/package.json', '{ "type": "module" }');
  write('packages/core/README.md', '```ts\nexport {};\n```\n');
  expect(new Set(violations())).toEqual(
    new Set(['packages/core/LICENSE:1 manifests', 'packages/core/package.json:1 manifests']),
  );
});

test('installed packages, build output and JavaScript are not read', () => {
  const text = 'export const anyImpl: any = 1;';
  for (const path of ['core/node_modules/a/a.ts', 'core/dist/a.ts', 'core/src/a.d.ts', 'core/src/a.js']) {
    write(`packages/${path}`, text);
  }
  expect(violations()).toEqual([]);
});

test('the command prints the places and fails; a clean folder passes', () => {
  const run = () =>
    spawnSync(process.execPath, ['--import', './tools/run/register.js', 'tools/house/main.ts', folder], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      encoding: 'utf8',
    });
  write('packages/core/src/a.ts', '/** One. */\nexport const a = 1;\n');
  expect(run()).toMatchObject({ status: 0, stdout: 'house: 1 files, 0 violations\n' });
  write('packages/core/src/b.ts', '\nclass StoreImpl {}\n');
  const { status, stdout } = run();
  expect(status).toBe(1);
  expect(stdout).toContain('packages/core/src/b.ts:2 names: "StoreImpl" says "impl" — name the purpose');
  expect(stdout).toContain('house: 2 files, 1 violations (names 1)');
});
