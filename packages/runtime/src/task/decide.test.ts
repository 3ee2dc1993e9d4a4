/** The decision of an error policy is checked, so that a policy without one neither skips a record nor hides its failure. */
import { expect, test } from '@jest/globals';
import { ConfigError, type Decision, type Failure, ProcessingError } from '@kstreams/core/graph';
import { decide } from './decide.js';

const error = new ProcessingError('boom', { node: 'map-0' });
const failure: Failure = { kind: 'processing', error, record: undefined, attempt: 1 };

test.each<Decision>(['fail', 'skip', { deadLetter: 'broken' }, { retryAfter: '1s' }])(
  '%j is a decision',
  (decision) => {
    expect(decide(() => decision, failure)).toBe(decision);
  },
);

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['skipp', '"skipp"'],
  [true, 'true'],
  [{}, '{}'],
  [{ deadletter: 'broken' }, '{"deadletter":"broken"}'],
  [Promise.resolve('skip'), 'a promise'],
])('%p is refused with the failure', (returned, words) => {
  const act = () => decide(() => returned as Decision, failure);
  expect(act).toThrow(ConfigError);
  expect(act).toThrow(`the error policy returned ${words}: return 'fail', 'skip', { deadLetter } or { retryAfter }`);
  expect(act).toThrow('the failure was: boom');
});
