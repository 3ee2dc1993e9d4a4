import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { cycles } from './cycles.js';

test('a circle is reported once, with its path', () => {
  const files = {
    'packages/core/src/a.ts': "import { b } from './b.js';",
    'packages/core/src/b.ts': "\nimport { c } from './c.js';",
    'packages/core/src/c.ts': "export { a } from './a.js';",
  };
  expect(complaints(cycles, files)).toEqual([
    'packages/core/src/c.ts:1 imports in a circle: core/src/a.ts → core/src/b.ts → core/src/c.ts → core/src/a.ts',
  ]);
});

test('a circle through packages counts, also in tests', () => {
  const files = {
    'packages/core/src/index.ts': "import { joins } from '@kstreams/joins';",
    'packages/joins/src/index.ts': "import { core } from '@kstreams/core';",
  };
  expect(complaints(cycles, files)).toHaveLength(1);
});

test('types alone close no circle, nor do two ways to one file', () => {
  const files = {
    'packages/core/src/a.ts': "import { b } from './b.js';\nimport { c } from './c.js';",
    'packages/core/src/b.ts': "import type { A } from './a.js';\nimport { c } from './c.js';",
    'packages/core/src/c.ts': "import { type A } from './a.js';",
  };
  expect(complaints(cycles, files)).toEqual([]);
});

test('types may tie four files together, and no more', () => {
  const ring = (size: number) =>
    Object.fromEntries(
      Array.from({ length: size }, (_, i) => [
        `packages/core/src/f${i}.ts`,
        `import type { A } from './f${(i + 1) % size}.js';\nimport type { B } from './outside.js';`,
      ]),
    );
  expect(complaints(cycles, ring(4))).toEqual([]);
  expect(complaints(cycles, { ...ring(5), 'packages/core/src/outside.ts': '' })).toEqual([
    `packages/core/src/f0.ts:1 5 files import each other: ${[0, 1, 2, 3, 4].map((i) => `core/src/f${i}.ts`).join(', ')}`,
  ]);
});
