import { expect, test } from '@jest/globals';
import { Pending, ProcessingError, StorageError } from '@kstreams/core/graph';
import { located } from './guard.js';

/** A task at a record, whose source has more fields than a position. */
const scope = { id: '0_1', source: { topic: 'orders', partition: 1, offset: 7, timestamp: 5 } };

test('an error gets the node, the task and the position of the record', () => {
  const error = located(new Error('no total'), 'map-0', scope) as ProcessingError;
  expect(error).toBeInstanceOf(ProcessingError);
  expect(error.location).toEqual({ node: 'map-0', task: '0_1', topic: 'orders', partition: 1, offset: 7 });
});

test('an error with a node keeps its place', () => {
  const inner = located(new Error('no total'), 'map-0', scope);
  expect(located(inner, 'filter-0', scope)).toBe(inner);
});

test('failures of storage and pending values pass unchanged', () => {
  for (const thrown of [new StorageError('the disk is full'), new Pending(Promise.resolve())]) {
    expect(located(thrown, 'map-0', scope)).toBe(thrown);
  }
});
