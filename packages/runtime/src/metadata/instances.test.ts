import { expect, test } from '@jest/globals';
import { toUtf8 } from '@kstreams/core/graph';
import fc from 'fast-check';
import { decodeInstanceRow, encodeInstanceRow, type InstanceRow } from './instance-row.js';
import { Instances } from './instances.js';

const row = (running: readonly string[], opening: readonly string[] = []): InstanceRow => ({
  endpoint: 'http://here',
  running,
  opening,
});

const processes = ['a', 'b', 'c'] as const;
const tasks = ['0_0', '0_1', '1_0'] as const;

/** Rows of processes in order: deletes, and rows that may claim tasks of others. */
const history = fc.array(
  fc.record({
    id: fc.constantFrom(...processes),
    row: fc.option(
      fc.record({ running: fc.subarray([...tasks]), opening: fc.subarray([...tasks]) }).map(
        ({ running, opening }): InstanceRow =>
          row(
            running,
            opening.filter((task) => !running.includes(task)),
          ),
      ),
      { nil: undefined },
    ),
  }),
  { maxLength: 20 },
);

test('a task belongs to the last process that claimed it, until a row of that process omits it', () => {
  fc.assert(
    fc.property(history, (rows) => {
      const instances = new Instances();
      for (const one of rows) instances.apply(one.id, one.row);
      for (const task of tasks) {
        let holder: string | undefined;
        for (const one of rows) {
          const claims = [...(one.row?.running ?? []), ...(one.row?.opening ?? [])].includes(task);
          if (claims) holder = one.id;
          else if (holder === one.id) holder = undefined;
        }
        const named = [...instances.rows].filter(([, { running, opening }]) => [...running, ...opening].includes(task));
        expect(named.map(([id]) => id)).toEqual(holder === undefined ? [] : [holder]);
        expect(instances.holderOf(task)?.id).toBe(holder);
      }
    }),
  );
});

test('a process that loses its last task is returned once and removed', () => {
  const instances = new Instances();
  instances.apply('dead', row(['0_0'], ['0_1']));
  instances.apply('other', row(['1_0']));
  expect(instances.apply('heir', row([], ['0_0']))).toEqual([]);
  expect(instances.rows.get('dead')).toEqual(row([], ['0_1']));
  expect(instances.apply('heir', row(['0_0'], ['0_1']))).toEqual(['dead']);
  expect(instances.apply('heir', row(['0_0', '0_1']))).toEqual([]);
  expect([...instances.rows.keys()]).toEqual(['other', 'heir']);
});

test('a released task does not go back to the crashed process', () => {
  const instances = new Instances();
  instances.apply('dead', row(['0_0', '0_1']));
  instances.apply('heir', row(['0_0']));
  instances.apply('heir', undefined);
  expect(instances.rows.get('dead')).toEqual(row(['0_1']));
});

test('a row decodes from its bytes, and other bytes decode to undefined', () => {
  expect(decodeInstanceRow(encodeInstanceRow(row(['0_0'], ['1_0'])))).toEqual(row(['0_0'], ['1_0']));
  for (const text of ['', '{', 'null', '[]', '{"endpoint":"x"}', '{"endpoint":"x","running":[],"opening":"0:1"}']) {
    expect(decodeInstanceRow(toUtf8(text))).toBeUndefined();
  }
});
