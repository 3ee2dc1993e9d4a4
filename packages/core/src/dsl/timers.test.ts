import { describe, expect, test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import {
  type Context,
  type OnError,
  record,
  type StreamRecord,
  streams,
  type TimerClock,
  TopologyBuilder,
  timers,
  topic,
  type ValueContext,
} from '../index.js';

const orders = topic('orders', { key: string, value: double });
const fired = topic('fired', { key: string, value: double });

/** Sets the timer of each record's key for its value; 0 cancels, what is negative fails after it was set. */
const setting =
  (
    clock: TimerClock,
    again: (timer: { set(key: string, at: number): void }, key: string, at: number) => void = () => {},
  ) =>
  () => {
    const due = timers('due', { key: string, clock });
    const app = streams('app');
    app
      .stream(orders)
      .process(
        (context: Context<string, number>) => {
          const timer = context.timers(due, (key, at) => {
            again(timer, key, at);
            if (key === 'broken') throw new Error('broken');
            const now = clock === 'wall' ? context.time.wall : context.time.stream;
            context.forward(record(key, now, at));
          });
          return ({ key, value }) => {
            if (value === 0) return timer.cancel(key);
            timer.set(key, Math.abs(value));
            if (value < 0) throw new Error('negative');
          };
        },
        { stores: [due], key: string, value: double },
      )
      .to(fired);
    return { app, due };
  };

describe('on stream time', () => {
  test('timers fire when due, by time and then by key, with their due time', () => {
    const driver = testDriver(setting('stream')().app);
    const input = driver.input(orders);
    for (const [key, at] of [
      ['b', 20],
      ['é', 20],
      ['a', 20],
      ['z', 10],
    ] as const)
      input.pipe(key, at, 0);
    input.pipe('x', 99, 9);
    expect(driver.output(fired).length).toBe(0);
    input.pipe('x', 99, 20);
    expect(entries(driver.output(fired).read())).toEqual([
      ['z', 20, 10],
      ['a', 20, 20],
      ['b', 20, 20],
      ['é', 20, 20],
    ]);
    input.pipe('x', 100, 98);
    driver.advance('1h');
    expect(driver.output(fired).length).toBe(0);
  });

  test('a timer is replaced, cancelled, and fires once; one that is set for the past fires after its record', () => {
    const driver = testDriver(setting('stream')().app);
    const input = driver.input(orders);
    input.pipe('a', 10, 0);
    input.pipe('a', 30, 1);
    input.pipe('b', 10, 2);
    input.pipe('b', 0, 3);
    input.pipe('c', 5, 25);
    expect(entries(driver.output(fired).read())).toEqual([['c', 25, 5]]);
    input.pipe('d', 99, 40);
    input.pipe('d', 99, 50);
    expect(entries(driver.output(fired).read())).toEqual([['a', 40, 30]]);
  });

  test('a timer that sets itself again catches up step by step', () => {
    const everyTen = setting('stream', (timer, key, at) => timer.set(key, at + 10));
    const driver = testDriver(everyTen().app);
    driver.input(orders).pipe('a', 10, 0);
    driver.input(orders).pipe('b', 99, 35);
    expect(entries(driver.output(fired).read())).toEqual([
      ['a', 35, 10],
      ['a', 35, 20],
      ['a', 35, 30],
    ]);
  });

  test('a timer that sets itself for the same time waits for the next record, so it cannot loop', () => {
    const driver = testDriver(setting('stream', (timer, key, at) => timer.set(key, at))().app);
    driver.input(orders).pipe('a', 10, 10);
    driver.input(orders).pipe('b', 99, 11);
    expect(entries(driver.output(fired).read())).toEqual([
      ['a', 10, 10],
      ['a', 11, 10],
    ]);
  });

  test('the timers of several steps and their schedules fire in one order', () => {
    const [one, two] = [timers('one', { key: string }), timers('two', { key: string })];
    const app = streams('app');
    const step = (spec: typeof one, shift: number) => (context: Context<string, number>) => {
      const timer = context.timers(spec, (key, at) => context.forward(record(`${spec.name} ${key}`, at, at)));
      if (shift > 0)
        context.schedule(15, 'stream', () => context.forward(record('tick', context.time.stream, 0)), { anchor: 15 });
      return (from: StreamRecord<string, number>) => {
        if (!from.key.includes(' ')) timer.set(from.key, from.value + shift);
        context.forward(from);
      };
    };
    app
      .stream(orders)
      .process(step(one, 0), { stores: [one], key: string, value: double })
      .process(step(two, 5), { stores: [two], key: string, value: double })
      .filter((_, key) => key.includes('o') || key === 'tick')
      .to(fired);
    const driver = testDriver(app);
    for (const [key, at] of [
      ['a', 10],
      ['b', 20],
    ] as const)
      driver.input(orders).pipe(key, at, 0);
    driver.input(orders).pipe('c', 90, 30);
    expect(
      driver
        .output(fired)
        .read()
        .map(({ key }) => key),
    ).toEqual(['one a', 'two a', 'tick', 'one b', 'two b']);
  });
});

describe('on wall time', () => {
  test('timers fire without records; timers that they set fire in the same advance', () => {
    const driver = testDriver(setting('wall', (timer, key, at) => at < 3_000 && timer.set(key, at + 1_000))().app);
    driver.input(orders).pipe('a', 1_000, 7);
    driver.input(orders).pipe('b', 1_500, 99_999);
    driver.advance(999);
    expect(driver.output(fired).length).toBe(0);
    driver.advance(1);
    expect(entries(driver.output(fired).read())).toEqual([['a', 1_000, 1_000]]);
    driver.advance(4_000);
    expect(entries(driver.output(fired).read())).toEqual(
      [
        ['b', 1_500],
        ['a', 2_000],
        ['b', 2_500],
        ['a', 3_000],
        ['b', 3_500],
      ].map(([key, at]) => [key, 5_000, at]),
    );
  });
});

describe('before a commit', () => {
  test('all timers fire, also those of steps further down that are set meanwhile', async () => {
    const [one, two] = [
      timers('one', { key: string, clock: 'commit' }),
      timers('two', { key: string, clock: 'commit' }),
    ];
    const app = streams('app');
    const step = (spec: typeof one) => (context: Context<string, number>) => {
      const timer = context.timers(spec, (key) => context.forward(record(key, timer.size, 0)));
      return ({ key }: StreamRecord<string, number>) => timer.set(key, 0);
    };
    app
      .stream(orders)
      .process(step(one), { stores: [one], key: string, value: double })
      .process(step(two), { stores: [two], key: string, value: double })
      .to(fired);
    const driver = testDriver(app);
    for (const key of ['b', 'a', 'b']) driver.input(orders).pipe(key, 1, 1);
    expect(driver.output(fired).length).toBe(0);
    await driver.commit();
    expect(entries(driver.output(fired).read())).toEqual([
      ['a', 1, 0],
      ['b', 0, 0],
    ]);
    await driver.commit();
    expect(driver.output(fired).length).toBe(0);
  });
});

describe('with an error policy', () => {
  const skip: OnError = () => 'skip';

  test('rolling back a record rolls back its timers', () => {
    const { app, due } = setting('stream')();
    const driver = testDriver(app, { onError: skip });
    driver.input(orders).pipe('a', 10, 0);
    driver.input(orders).pipe('a', -20, 1);
    driver.input(orders).pipe('b', -20, 2);
    expect(driver.store(due).get('a')).toEqual({ at: 10, value: undefined });
    expect(driver.store(due).size).toBe(1);
    driver.input(orders).pipe('c', 99, 30);
    expect(entries(driver.output(fired).read())).toEqual([['a', 30, 10]]);
  });

  test('a timer whose call is skipped is over, one that is tried again fires again, and the others wait behind it', () => {
    let attempts = 0;
    const retry: OnError = ({ kind, attempt }) => {
      expect(kind).toBe('punctuation');
      attempts = attempt;
      return attempt < 3 ? { retryAfter: '1s' } : 'skip';
    };
    const { app, due } = setting('stream')();
    const driver = testDriver(app, { onError: retry });
    for (const key of ['a', 'broken', 'c']) driver.input(orders).pipe(key, 10, 0);
    driver.input(orders).pipe('x', 99, 10);
    expect(entries(driver.output(fired).read())).toEqual([['a', 10, 10]]);
    expect(driver.store(due).get('broken')).toEqual({ at: 10, value: undefined });
    driver.advance('1s');
    expect(driver.output(fired).length).toBe(0);
    driver.advance('1s');
    expect([attempts, driver.dropped('skipped-by-policy')]).toEqual([3, 1]);
    expect(entries(driver.output(fired).read())).toEqual([['c', 10, 10]]);
    driver.input(orders).pipe('x', 99, 20);
    expect([attempts, driver.output(fired).length]).toEqual([3, 0]);
  });
});

test('processValues forwards under the key of the timer, with what was set', () => {
  const due = timers('due', { key: string, value: double });
  const app = streams('app');
  app
    .stream(orders)
    .processValues(
      (context: ValueContext<number, string>) => {
        const timer = context.timers(due, (_key, _at, value) => context.forward(value));
        return ({ key, value, timestamp }) => timer.set(key, timestamp + 10, value);
      },
      { stores: [due], value: double },
    )
    .to(fired);
  const driver = testDriver(app);
  driver.input(orders).pipe('a', 1.5, 0);
  driver.input(orders).pipe('b', 2.5, 12);
  expect(entries(driver.output(fired).read())).toEqual([['a', 1.5, 10]]);
});

test('the low-level builder: one processor fires what another sets; two that fire are refused', () => {
  const due = timers('due', { key: string });
  const build = (both: boolean) => {
    const builder = new TopologyBuilder('low');
    const source = builder.addSource('orders', orders);
    const fire = (context: Context<string, number>) => {
      context.timers(due, (key, at) => context.forward(record(key, at, at)));
      return () => {};
    };
    const firing = builder.addProcessor('fires', { parents: [source], stores: [due], processor: fire });
    builder.addProcessor('sets', {
      parents: [source],
      stores: [due],
      processor: (context: Context<never, never>) => {
        if (both) context.timers(due, () => {});
        const timer = context.store(due);
        return ({ key, value }: StreamRecord<string, number>) => timer.set(key, value);
      },
    });
    builder.addSink('fired', { parents: [firing], topic: fired });
    return builder.build();
  };
  const driver = testDriver(build(false));
  driver.input(orders).pipe('a', 5, 7);
  expect(entries(driver.output(fired).read())).toEqual([['a', 5, 5]]);
  expect(() => testDriver(build(true))).toThrow(/timers "due" are fired by "sets" already: read them with store/);
});
