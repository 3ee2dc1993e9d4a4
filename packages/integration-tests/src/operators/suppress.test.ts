/** Suppression against models that keep every update. */
import { describe, expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  ConfigError,
  hopping,
  json,
  session,
  sliding,
  streams,
  string,
  type Table,
  topic,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
  type Windowed,
  windowed,
} from 'kstreams';

const input = topic('input', { key: string, value: string });
const told = topic('told', { key: string, value: string });
const all = topic('all', { key: string, value: string });

interface Update {
  readonly key: string;
  readonly value: string | null;
  readonly at: number;
}

const updates: fc.Arbitrary<Update[]> = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'aa', 'b', 'c'),
    value: fc.option(fc.string({ maxLength: 4 }), { freq: 6 }),
    at: fc.nat({ max: 60 }),
  }),
  { maxLength: 50, size: 'max' },
);

type Emitted = readonly [key: string, value: string | null, at: number];

/** Returns the expected output of each update, or undefined if it fails. */
const naively = (given: readonly Update[], wait: number, most: number, whenFull: 'emit' | 'fail') => {
  let waiting: { since: number; update: Update }[] = [];
  return given.map((update, index): readonly Emitted[] | undefined => {
    const time = Math.max(...given.slice(0, index + 1).map(({ at }) => at));
    const held = waiting.find((one) => one.update.key === update.key);
    if (held === undefined) waiting.push({ since: update.at, update });
    else held.update = update;
    waiting.sort((one, other) => one.since - other.since || (one.update.key < other.update.key ? -1 : 1));
    const due = waiting.filter(({ since }) => since <= time - wait);
    waiting = waiting.filter((one) => !due.includes(one));
    if (waiting.length > most && whenFull === 'fail') return undefined;
    due.push(...waiting.splice(0, Math.max(0, waiting.length - most)));
    return due.map((one): Emitted => [one.update.key, one.update.value, one.update.at]);
  });
};

describe('until a time limit', () => {
  test.each(['emit', 'fail'] as const)('the last of several updates is emitted in time; when full: %s', (whenFull) =>
    fc.assert(
      fc.property(updates, fc.nat({ max: 40 }), fc.integer({ min: 1, max: 4 }), (given, wait, maxRecords) => {
        const app = streams('app');
        app.table(input).suppress(untilTimeLimit(wait, { maxRecords, whenFull })).toStream().to(told);
        const driver = testDriver(app);
        for (const [index, expected] of naively(given, wait, maxRecords, whenFull).entries()) {
          const { key, value, at } = given[index] as Update;
          const pipe = () => driver.input(input).pipe(key, value as string, at);
          if (expected === undefined) {
            expect(pipe).toThrow(/suppress-0 holds \d+ of \d+ records/);
            return;
          }
          pipe();
          expect(
            driver
              .output(told)
              .read()
              .map((one) => [one.key, one.value, one.timestamp]),
          ).toEqual(expected);
        }
      }),
      { numRuns: 100 },
    ),
  );

  test('counts bytes as they are written', () => {
    const app = streams('app');
    app
      .table(input)
      .suppress(untilTimeLimit('1h', { maxBytes: 200 }))
      .toStream()
      .to(told);
    const driver = testDriver(app);
    driver.input(input).pipe('a', 'x'.repeat(100), 1);
    expect(driver.output(told).read()).toEqual([]);
    driver.input(input).pipe('b', 'y'.repeat(100), 2);
    expect(
      driver
        .output(told)
        .read()
        .map(({ key }) => key),
    ).toEqual(['a']);
  });

  test('looking up a suppressed row returns its previous value', () => {
    const app = streams('app');
    const rows = app.table(input, { name: 'rows' }).suppress(untilTimeLimit(10));
    app
      .stream(topic('calls', { key: string, value: string }))
      .leftJoin(rows, (call, row) => `${call} ${row}`)
      .to(told);
    const driver = testDriver(app);
    const seen = (): unknown => {
      driver.input(topic('calls', { key: string, value: string })).pipe('a', 'see', 0);
      return driver.output(told).read()[0]?.value;
    };
    driver.input(input).pipe('a', 'one', 0);
    expect(seen()).toBe('see undefined');
    driver.input(input).pipe('b', 'two', 10);
    expect(seen()).toBe('see one');
    driver.input(input).pipe('a', 'three', 11);
    expect(seen()).toBe('see one');
  });

  test.each([-1, 1.5, Number.NaN])('refuses %p as a limit', (odd) => {
    expect(() => untilTimeLimit('1s', { maxRecords: odd })).toThrow(ConfigError);
    expect(() => untilWindowCloses({ maxBytes: odd })).toThrow(ConfigError);
  });
});

describe('until windows close', () => {
  const kinds = {
    tumbling: tumbling(10, { grace: 5 }),
    hopping: hopping(12, { advance: 4, grace: 3 }),
    sliding: sliding(7, { grace: 4 }),
  } as const;
  const closed = topic('closed', { key: windowed(string), value: json<number>() });
  const running = topic('running', { key: windowed(string), value: json<number>() });

  const oneLengthApart = [
    { key: 'c', value: null, at: 48 },
    { key: 'a', value: null, at: 60 },
    { key: 'c', value: null, at: 56 },
  ];

  /** Returns the last update of each window, emitted with the record that closes it. */
  const check = (
    build: (app: ReturnType<typeof streams>) => Table<Windowed<string>, number>,
    wait: number,
    given: readonly Update[],
  ) => {
    const app = streams('app');
    const table = build(app);
    table.toStream().to(running);
    table.suppress(untilWindowCloses()).toStream().to(closed);
    const driver = testDriver(app);
    const last = new Map<string, readonly [end: number, value: number | null, at: number]>();
    let time = -1;
    for (const { key, at } of given) {
      driver.input(input).pipe(key, 'one', at);
      for (const one of driver.output(running).read()) {
        time = Math.max(time, one.timestamp, at);
        last.set(JSON.stringify(one.key), [one.key.end, one.value, one.timestamp]);
      }
      const told = driver.output(closed).read();
      for (const [i, one] of told.entries()) {
        // As in Kafka Streams, a record exactly one length behind another creates the sliding window between them
        // twice.
        if (JSON.stringify(one) === JSON.stringify(told[i - 1])) continue;
        expect(last.get(JSON.stringify(one.key))?.slice(1)).toEqual([one.value, one.timestamp]);
        last.delete(JSON.stringify(one.key));
      }
      for (const [window, [end, value]] of last) {
        if (end + wait <= time && value !== null) throw new Error(`${window} should have been emitted by ${time}`);
      }
    }
  };

  test.each(Object.entries(kinds))('each of %s windows is emitted once, with its final value', (name, kind) =>
    fc.assert(
      fc.property(updates, (given) =>
        check(
          (app) => app.stream(input).groupByKey().window(kind).count(),
          { tumbling: 5, hopping: 3, sliding: 4 }[name as 'tumbling'],
          given,
        ),
      ),
      { numRuns: 75, examples: [[oneLengthApart]] },
    ),
  );

  test('a session is emitted once after its gap and grace, without the sessions merged into it', () => {
    const app = streams('app');
    app
      .stream(input)
      .groupByKey()
      .window(session(10, { grace: 5 }))
      .count()
      .suppress(untilWindowCloses())
      .toStream()
      .to(closed);
    const driver = testDriver(app);
    for (const at of [0, 8, 23, 24]) driver.input(input).pipe('a', '', at);
    expect(
      driver
        .output(closed)
        .read()
        .map(({ key, value }) => [key.start, key.end, value]),
    ).toEqual([[0, 8, 2]]);
  });

  test('refuses a table without windows', () => {
    const app = streams('app');
    // @ts-expect-error its keys are not windows
    expect(() => app.table(input).suppress(untilWindowCloses())).toThrow('no windowed step is above it');
    expect(app.table(all).suppress(untilTimeLimit('1s'), { name: 'named' }).position.node).toBe('named');
  });
});
