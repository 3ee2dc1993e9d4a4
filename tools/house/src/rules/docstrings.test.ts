import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { docstrings } from './docstrings.js';

test('an export of a package needs a docstring', () => {
  const text = `
export const a = 1;
/** Two. */
export const two = 2;
const own = 3;
export interface Named {}
export default class {}`;
  expect(complaints(docstrings, { 'packages/core/src/graph/a.ts': text })).toEqual([
    'packages/core/src/graph/a.ts:2 exported "a" has no docstring',
    'packages/core/src/graph/a.ts:6 exported "Named" has no docstring',
    'packages/core/src/graph/a.ts:7 exported "default" has no docstring',
  ]);
});

test('an empty comment says nothing; overloads share one', () => {
  const files = {
    'packages/core/src/index.ts': '/** */\nexport type A = 1;',
    'packages/stores/src/level.ts': '/** F. */\nexport function f(): void;\nexport function f(a?: 1) {}',
  };
  expect(complaints(docstrings, files)).toEqual(['packages/core/src/index.ts:2 exported "A" has no docstring']);
});

test('re-exports, tests and what is no package need none', () => {
  const files = {
    'packages/core/src/index.ts': "export * from './a.js';",
    'packages/core/src/a.test.ts': 'export const a = 1;',
    'examples/demo/main.ts': 'export const a = 1;',
  };
  expect(complaints(docstrings, files)).toEqual([]);
});
