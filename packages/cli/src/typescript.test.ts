import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { typescriptLoader } from './typescript.js';

const beside = fileURLToPath(new URL('./main.ts', import.meta.url));
const elsewhere = join(tmpdir(), 'main.mts');

test('TypeScript is loaded by tsx where it is installed, else by Node', () => {
  expect(typescriptLoader(beside)).toMatch(/^file:.*\/node_modules\/tsx\//);
  expect(typescriptLoader(elsewhere, true)).toBeUndefined();
  expect(() => typescriptLoader(elsewhere, false)).toThrow(
    /cannot load .*main\.mts: npm install --save-dev tsx, or use Node 22\.18 or newer/,
  );
});

test('JavaScript needs no loader', () => {
  for (const file of ['main.js', 'main.cjs', 'main.mjs'])
    expect(typescriptLoader(join(tmpdir(), file), false)).toBeUndefined();
});
