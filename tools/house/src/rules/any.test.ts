import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { any } from './any.js';

test('any stands only behind its aliases', () => {
  const text = 'export type AnySerde = Serde<any>;\nexport const f = (a: any): void => {};\nexport type Other = any;';
  expect(complaints(any, { 'packages/core/src/a.ts': text })).toEqual([
    'packages/core/src/a.ts:2 `any` outside its aliases',
    'packages/core/src/a.ts:3 `any` outside its aliases',
  ]);
});
