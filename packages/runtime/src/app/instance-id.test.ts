import { afterEach, expect, test } from '@jest/globals';
import { instanceIdOf } from './instance-id.js';

const kept = { owner: 'slot-1', persistent: true };

afterEach(() => {
  delete process.env.KSTREAMS_INSTANCE_IDS;
});

test('a process has an instance id only where one is given', () => {
  expect(instanceIdOf(undefined, kept)).toBeUndefined();
  expect(instanceIdOf('pod-1', kept)).toBe('pod-1');
});

test('a process that a supervisor restarts takes that of its state, if it outlives the process', () => {
  process.env.KSTREAMS_INSTANCE_IDS = 'state';
  expect(instanceIdOf(undefined, kept)).toBe('slot-1');
  expect(instanceIdOf(undefined, { owner: 'random' })).toBeUndefined();
  expect(instanceIdOf('pod-1', kept)).toBe('pod-1');
});
