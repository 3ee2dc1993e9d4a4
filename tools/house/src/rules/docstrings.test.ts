import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { docstrings } from './docstrings.js';

test('what an entry exports needs a docstring, through every re-export', () => {
  const files = {
    'packages/core/src/index.ts': "export * from './graph/index.js';\nexport { b as c } from './b.js';",
    'packages/core/src/graph/index.ts': "export * from './a.js';",
    'packages/core/src/graph/a.ts': '\nexport const a = 1;\n/** Two. */\nexport const two = 2;',
    'packages/core/src/b.ts': 'export const b = 1;\nexport const unseen = 2;',
    'packages/core/src/unseen.ts': 'export interface Unseen {}',
  };
  expect(complaints(docstrings, files)).toEqual([
    'packages/core/src/graph/a.ts:2 exported "a" has no docstring',
    'packages/core/src/b.ts:1 exported "b" has no docstring',
  ]);
});

test('an empty comment says nothing; overloads share one', () => {
  const files = {
    'packages/core/src/index.ts': '/** */\nexport type A = 1;',
    'packages/stores/src/level.ts': '/** F. */\nexport function f(): void;\nexport function f(a?: 1) {}',
  };
  expect(complaints(docstrings, files)).toEqual(['packages/core/src/index.ts:2 exported "A" has no docstring']);
});
