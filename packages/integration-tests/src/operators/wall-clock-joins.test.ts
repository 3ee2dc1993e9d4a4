/** Joins that emit unmatched records by the wall clock, in a task on a log, against a model of the log and the clocks. */
import { describe, expect, test } from '@jest/globals';
import { RestartableTask } from '@kstreams/test-support/restartable-task';
import { takeStep, type WallClockStep, wallClockSteps } from '@kstreams/test-support/wall-clock-steps';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { ConfigError, streams, string, topic, within } from 'kstreams';

const orders = topic('orders', { key: string, value: string });
const payments = topic('payments', { key: string, value: string });
const joined = topic('joined', { key: string, value: string });
const [distance, grace, wait] = [10, 3, 15];

type Kind = 'left' | 'outer';
type Closing = Pick<Exclude<Parameters<typeof within>[0], number | string>, 'idleAfter' | 'wallClock'>;

const build = (kind: Kind, options: Closing) => {
  const app = streams('app');
  const [ours, theirs] = [app.stream(orders), app.stream(payments)];
  const match = within(distance, { grace, ...options });
  const both = (a: string | undefined, b: string | undefined): string => `${a ?? '-'}+${b ?? '-'}`;
  (kind === 'left' ? ours.leftJoin(theirs, match, both) : ours.outerJoin(theirs, match, both)).to(joined);
  return app;
};

interface Written {
  readonly side: 'left' | 'right';
  readonly key: string;
  readonly at: number;
}
type Step = WallClockStep<Written>;

const written: fc.Arbitrary<Written> = fc.record({
  side: fc.constantFrom('left', 'right'),
  key: fc.constantFrom('a', 'b'),
  at: fc.nat({ max: 80 }),
});

interface Item extends Written {
  readonly value: string;
}

const closes = ({ at }: Item): number => at + distance + grace + 1;
const alone = ({ side, value }: Item): string => (side === 'left' ? `${value}+-` : `-+${value}`);
const inOrder = (a: Item, b: Item): number =>
  a.at - b.at || Number(a.side === 'left') - Number(b.side === 'left') || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

const naively = (kind: Kind, all: readonly Step[]) => {
  const log: Item[] = [];
  const held: Item[] = [];
  let waiting: Item[] = [];
  let [read, observed, closed, wall, late] = [0, -1, Number.NEGATIVE_INFINITY, 0, 0];
  let pending: { readonly at: number; readonly end: number } | undefined;
  const keeps = (side: Item['side']): boolean => kind === 'outer' || side === 'left';
  let oldest = Number.POSITIVE_INFINITY;
  /** The pass of a record that advances time, with the bound of Kafka Streams, which may leave some for the next one. */
  const sweep = (): string[] => {
    if (oldest + distance + grace >= observed) return [];
    const open = { left: false, right: false };
    const out: string[] = [];
    oldest = Number.POSITIVE_INFINITY;
    for (const one of waiting.toSorted(inOrder)) {
      oldest = one.at;
      if (open.left && open.right) break;
      if (open[one.side] || closes(one) > observed) open[one.side] = true;
      else {
        out.push(alone(one));
        waiting = waiting.filter((still) => still !== one);
      }
    }
    return out;
  };
  const process = (item: Item): string[] => {
    const { at, key, side, value } = item;
    observed = Math.max(observed, at);
    held.push(item);
    const out = at === observed ? sweep() : [];
    const other = side === 'left' ? 'right' : 'left';
    const newest = Math.max(...held.filter((one) => one.side === other).map((one) => one.at));
    const near = held
      .filter((one) => one.side === other && one.key === key && Math.abs(one.at - at) <= distance)
      .filter((one) => one.at > newest - 2 * distance - grace)
      .sort((a, b) => a.at - b.at);
    const met = near.filter((one) => !keeps(other) || closes(one) > closed);
    if (near.length > met.length && (met.length > 0 || !keeps(side))) late++;
    for (const one of met) {
      waiting = waiting.filter((still) => still.side !== other || still.key !== key || still.at !== one.at);
      out.push(side === 'left' ? `${value}+${one.value}` : `${one.value}+${value}`);
    }
    if (met.length > 0 || !keeps(side)) return out;
    if (at + distance < observed) return [...out, alone(item)];
    waiting.push(item);
    oldest = Math.min(oldest, at);
    return out;
  };
  const closeByWall = (): string[] => {
    if (waiting.some((one) => closes(one) + wait <= wall)) pending ??= { at: wall, end: log.length };
    if (pending === undefined || read < pending.end) return [];
    const until = pending.at - wait;
    const done = waiting.filter((one) => closes(one) <= until).sort(inOrder);
    waiting = waiting.filter((one) => !done.includes(one));
    closed = Math.max(closed, ...done.map(closes));
    observed = Math.max(observed, closed);
    pending = undefined;
    return done.map(alone);
  };
  const out = all.map((step, i): string[] => {
    if (step.kind === 'write') log.push({ ...step, value: `${i}` });
    if (step.kind === 'restart') pending = undefined;
    if (step.kind !== 'poll') return [];
    wall += step.after;
    // A task takes the oldest of the records that it has polled.
    const polled = log.slice(read, read + step.max);
    read += polled.length;
    const queues = [polled.filter(({ side }) => side === 'left'), polled.filter(({ side }) => side === 'right')];
    const emitted: string[] = [];
    for (let n = 0; n < polled.length; n++) {
      const [ours, theirs] = queues as [Item[], Item[]];
      const [mine, yours] = [ours[0]?.at ?? Number.POSITIVE_INFINITY, theirs[0]?.at ?? Number.POSITIVE_INFINITY];
      emitted.push(...process((mine <= yours ? ours : theirs).shift() as Item));
    }
    return [...emitted, ...closeByWall(), ...closeByWall()];
  });
  return { late, out };
};

describe.each<Kind>(['left', 'outer'])('a %s join', (kind) => {
  test('emits unmatched records when they are due and those written by then are read, and joins none of them later', async () => {
    await fc.assert(
      fc.asyncProperty(wallClockSteps(written, 25), async (all) => {
        const task = await RestartableTask.open(build(kind, { wallClock: wait }));
        const out: string[][] = [];
        for (const [i, step] of all.entries()) {
          await takeStep(task, step, ({ at, key, side }) => {
            return { topic: side === 'left' ? 'orders' : 'payments', key, value: `${i}`, timestamp: at };
          });
          out.push(
            task.take().map(({ value }) => string.decode(value as Uint8Array, { topic: 'joined', headers: [] })),
          );
        }
        expect({ late: task.dropped('late'), out }).toEqual(naively(kind, all));
      }),
      { numRuns: 100 },
    );
  });
});

test('the last unpaid order is emitted to the millisecond; its late payment is counted and not joined', () => {
  const driver = testDriver(build('left', { wallClock: wait }));
  driver.input(orders).pipe('a', 'order', 5);
  driver.input(orders).pipe('b', 'paid', 5);
  driver.input(payments).pipe('b', 'payment', 6);
  const read = () =>
    driver
      .output(joined)
      .read()
      .map(({ value }) => value);
  expect(read()).toEqual(['paid+payment']);
  driver.advance(5 + distance + grace + wait);
  expect(read()).toEqual([]);
  driver.advance(1);
  expect(read()).toEqual(['order+-']);
  driver.input(payments).pipe('a', 'late', 6);
  expect([read(), driver.dropped('late')]).toEqual([[], 1]);
});

test('an idle time emits all unmatched records, of which none is joined later', () => {
  const driver = testDriver(build('outer', { idleAfter: '1m' }));
  driver.input(orders).pipe('a', 'order', 5);
  driver.input(payments).pipe('b', 'payment', 9);
  driver.advance('1m');
  driver.input(payments).pipe('a', 'late', 6);
  driver.input(orders).pipe('a', 'next', 60);
  driver.input(payments).pipe('a', 'its payment', 61);
  const values = driver
    .output(joined)
    .read()
    .map(({ value }) => value);
  expect(values).toEqual(['order+-', '-+payment', '-+late', 'next+its payment']);
});

test.each([{ idleAfter: '1m' }, { wallClock: '1m' }] as const)(
  '%p is refused where no record is emitted alone',
  (options) => {
    const app = streams('app');
    const [ours, theirs] = [app.stream(orders), app.stream(payments)];
    const join = () => ours.join(theirs, within('1m', options), (a) => a);
    expect(join).toThrow(ConfigError);
    expect(join).toThrow('emits unmatched records, but this join has none');
    expect(() => ours.leftJoin(ours, within('1m', { ...options, self: 'as-one' }), (a) => a)).toThrow('has none');
  },
);

test.each([{ idleAfter: 0 }, { idleAfter: '-1m' }, { wallClock: -1 }, { wallClock: Number.NaN }])(
  'refuses %p',
  (options) => {
    expect(() => within('1m', options as Closing)).toThrow(ConfigError);
  },
);
