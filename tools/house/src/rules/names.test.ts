import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { names } from './names.js';

const ofText = (text: string) => complaints(names, { 'packages/core/src/a.ts': text });

test('a refused word is found in each kind of name', () => {
  expect(ofText('class StoreImpl {}')).toEqual(['packages/core/src/a.ts:1 "StoreImpl" says "impl"']);
  expect(ofText('const openHelper = 1;')).toHaveLength(1);
  expect(ofText('function f(baseName: string) {}')).toHaveLength(1);
  expect(ofText('interface A { errorImpl(): void }')).toHaveLength(1);
  expect(ofText('const { a: abstractA } = x;')).toHaveLength(1);
  expect(complaints(names, { 'packages/core/src/serde-utils.ts': '' })).toHaveLength(1);
});

test.each(['TaskManager', 'errorHandler', 'OperatorFactory', 'GroupCoordinator', 'DefaultPolicy', 'internalTopics'])(
  'an established compound is accepted: %s',
  (name) => expect(ofText(`const ${name} = 1;`)).toEqual([]),
);

test('a word inside a word and the name of another file are accepted', () => {
  expect(ofText('const implied = 1; const database = 2;')).toEqual([]);
  expect(ofText("import { AbstractLevel } from 'abstract-level'; const a = { base: 1 };")).toEqual([]);
});

test('no I before an interface, no T behind a type', () => {
  expect(ofText('interface IStore {}')).toHaveLength(1);
  expect(ofText('type StoreT = 1;')).toHaveLength(1);
  expect(ofText('interface Instant {} type T = 1; type In = 2;')).toEqual([]);
});
