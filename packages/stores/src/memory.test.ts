import { expect, test } from '@jest/globals';
import { byteStoreChecks } from '@kstreams/testing';
import { memory, memoryStore } from './index.js';

test.each(byteStoreChecks({ durable: false }))('memory $name', ({ run }) => run(() => memory().open('')));

test('two stores have two owners', () => {
  expect(memoryStore().owner).not.toBe(memoryStore().owner);
});
