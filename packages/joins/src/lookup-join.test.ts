/** Joins of a stream with what it looks up, against a model that holds the rows. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type DropReason, type Serde, topic } from '@kstreams/core/graph';
import { nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { by, byKey } from './index.js';

interface Arrival {
  readonly to: 'stream' | 'table';
  readonly key: string | null;
  readonly value: string | null;
  readonly at: number;
}
type Emitted = readonly [key: string | null, value: string, at: number];

const text = nullable(string);
/** A stream and a table are joined by keys of one type, which leaves null out; it comes nevertheless. */
const key: Serde<string> = { ...string, nullable: true };
const orders = topic('orders', { key, value: text });
const customers = topic('customers', { key, value: text });
const met = topic('met', { key, value: string });
const reasons: readonly DropReason[] = ['null-key', 'null-value'];

type Kind = 'inner' | 'left';
type Against = 'local' | 'global';

/** The key that a record chooses in a global table: the first character of its value; `n` chooses none. */
const chosenKey = (value: string | null): string | null =>
  value === null || value.startsWith('n') ? null : value.charAt(0);

const run = (kind: Kind, against: Against, arrivals: readonly Arrival[]) => {
  const app = streams('app', { joinCondition: byKey() });
  const stream = app.stream(orders);
  const join = (left: string | null, right: string | null | undefined, key: string) => `${key}:${left}+${right}`;
  const joined = {
    'inner local': () => stream.join(app.table(customers), join, { value: string }),
    'left local': () => stream.leftJoin(app.table(customers), join, { value: string }),
    'inner global': () => stream.join(app.globalTable(customers), by(chosenKey), join, { value: string }),
    'left global': () => stream.leftJoin(app.globalTable(customers), by(chosenKey), join, { value: string }),
  };
  joined[`${kind} ${against}`]().to(met);
  const driver = testDriver(app);
  const steps = arrivals.map(({ to, key, value, at }) => {
    driver.input(to === 'stream' ? orders : customers).pipe(key, value, at);
    return driver
      .output(met)
      .read()
      .map((one): Emitted => [one.key, one.value as string, one.timestamp]);
  });
  return { steps, dropped: Object.fromEntries(reasons.map((reason) => [reason, driver.dropped(reason)])) };
};

const naively = (kind: Kind, against: Against, arrivals: readonly Arrival[]) => {
  const rows = new Map<string, string>();
  const dropped = { 'null-key': 0, 'null-value': 0 };
  const steps = arrivals.map(({ to, key, value, at }): Emitted[] => {
    if (to === 'table') {
      if (key === null) dropped['null-key']++;
      else if (value === null) rows.delete(key);
      else rows.set(key, value);
      return [];
    }
    if (value === null) {
      dropped['null-value']++;
      return [];
    }
    const wanted = against === 'local' ? key : chosenKey(value);
    const row = wanted === null ? undefined : rows.get(wanted);
    if (kind === 'inner' && wanted === null) dropped['null-key']++;
    return kind === 'inner' && row === undefined ? [] : [[key, `${key}:${value}+${row}`, at]];
  });
  return { steps, dropped };
};

const few = fc.constantFrom('a', 'b', 'c');
const arrivals = fc.array(
  fc.record({
    to: fc.constantFrom<Arrival['to']>('stream', 'table'),
    key: fc.option(few, { freq: 9 }),
    value: fc.option(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'n'), fc.nat({ max: 99 })).map(([first, n]) => `${first}${n}`),
      {
        freq: 5,
      },
    ),
    at: fc.nat({ max: 30 }),
  }),
  { maxLength: 40, size: 'max' },
);

describe.each([
  ['inner', 'local'],
  ['left', 'local'],
  ['inner', 'global'],
  ['left', 'global'],
] as const)('%s join with a %s table', (kind, against) => {
  test('every record is joined with the current row, at any timestamp; rows alone make no result', () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        expect(run(kind, against, all)).toEqual(naively(kind, against, all));
      }),
      { numRuns: 300 },
    );
  });
});
