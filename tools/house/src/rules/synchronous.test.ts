import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { synchronous } from './synchronous.js';

const ofText = (text: string, path = 'packages/core/src/dsl/operators/map.ts') =>
  complaints(synchronous, { [path]: text });

test('each way to wait is found in an operator', () => {
  expect(ofText('const f = async () => 1;')).toHaveLength(1);
  expect(ofText('await 1;').length).toBeGreaterThan(0);
  expect(ofText('for await (const a of b) {}')).toHaveLength(1);
  expect(ofText('let p: Promise<void>;')).toEqual([
    'packages/core/src/dsl/operators/map.ts:1 `Promise` on the hot path',
  ]);
  expect(ofText('p.then(f);')).toHaveLength(1);
});

test.each(['windowing/src/a', 'joins/src/a', 'runtime/src/compile/a', 'core/src/state/a', 'core/src/graph/context'])(
  'packages/%s.ts lies on the hot path',
  (path) => expect(ofText('Promise.resolve();', `packages/${path}.ts`)).toHaveLength(1),
);

test('the edges may wait', () => {
  expect(ofText('const a = { load: async () => { await 1; } };', 'packages/core/src/state/a.ts')).toEqual([]);
  expect(ofText('const a = { get: async () => 1 };', 'packages/core/src/state/a.ts')).toHaveLength(1);
  expect(ofText('await 1;', 'packages/runtime/src/worker/worker.ts')).toEqual([]);
  expect(ofText('await 1;', 'packages/core/src/dsl/operators/map-async.ts')).toEqual([]);
});
