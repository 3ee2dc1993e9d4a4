import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Output, Step } from '../run/messages.js';
import { stopsAt } from './breakpoints.js';
import { differencesOf } from './compare.js';

const text = (value: string) => ({ text: value, data: value });
const output = (key: string, value: string, timestamp = 0): Output => ({
  topic: 'out',
  key: text(key),
  value: text(value),
  timestamp,
  flow: 0,
});

test('a comparison has the first output of a key that differs', () => {
  const before = [output('a', '1'), output('a', '2'), output('b', '1')];
  const after = [output('b', '1'), output('a', '1'), output('a', '3'), output('c', '1')];
  const found = differencesOf(before, after).map(({ after, before, first, key }) => [
    key.text,
    first,
    before[first]?.value.text,
    after[first]?.value.text,
  ]);
  expect(found).toEqual([
    ['a', 1, '2', '3'],
    ['c', 0, undefined, '1'],
  ]);
  expect(differencesOf([output('a', '1', 5)], [output('a', '1', 6)]).length).toBe(1);
});

test('runs that differ in the order of keys only are equal', () => {
  const outputs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(3)));
  fc.assert(
    fc.property(outputs, (all) => {
      const run = all.map(([key, value], n) => output(key, String(value), n));
      const byKey = run.toSorted((one, other) => one.key.text.localeCompare(other.key.text));
      expect(differencesOf(run, byKey)).toEqual([]);
    }),
  );
});

test('a breakpoint stops where a record has the key and reaches the node', () => {
  const record = output('a', '1');
  const step: Step = {
    cause: { kind: 'record', topic: 'in', record },
    flows: [
      { from: 'source-0', to: 'filter-0', record },
      { from: 'filter-0', to: 'to-0', record: output('b', '1') },
    ],
    writes: [],
    reads: [],
    outputs: [],
    drops: [],
  };
  const stops = [{ node: 'filter-0' }, { key: 'a' }, { key: 'a', node: 'source-0' }, { key: 'b', node: 'to-0' }];
  expect(stops.map((one) => stopsAt(step, one))).toEqual([true, true, true, true]);
  expect([{ node: 'x' }, { key: 'c' }, { key: 'a', node: 'to-0' }].some((one) => stopsAt(step, one))).toBe(false);
});
