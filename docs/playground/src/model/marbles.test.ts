import { describe, expect, test } from '@jest/globals';
import { describeTopology } from '@kstreams/core';
import fc from 'fast-check';
import {
  countSerde,
  type GroupedStream,
  type SessionStream,
  type Streams,
  session,
  streams,
  string,
  topic,
  tumbling,
  type WindowedStream,
  windowed,
} from 'kstreams';
import type { Step } from '../run/messages.js';
import { RecordedDriver } from '../run/recorded-driver.js';
import { Recorder } from '../run/recorder.js';
import { packed, ticksOf } from './axis.js';
import { lanesOf, spanOf } from './marbles.js';

const clicks = topic('clicks', { key: string, value: string });
const counts = topic('counts', { key: windowed(string), value: countSerde });
const none: ReadonlySet<string> = new Set();

/** Returns the steps of records with the key `a` at the given times. */
const stepsOf = (app: Streams, times: readonly number[]): readonly Step[] => {
  const steps: Step[] = [];
  const recorder = new Recorder((step) => steps.push(step));
  recorder.describe(describeTopology(app.build()).toJSON());
  const driver = new RecordedDriver(app, {}, recorder);
  for (const time of times) driver.input(clicks).pipe('a', 'x', time);
  recorder.finish();
  return steps;
};

type Clicks = GroupedStream<string, string>;

/** A topology that counts clicks by key and window. */
const counted = (
  windowsOf: (
    clicks: Clicks,
  ) => Pick<WindowedStream<string, string, null> | SessionStream<string, string, null>, 'count'>,
): Streams => {
  const app = streams('site');
  windowsOf(app.stream(clicks).groupByKey()).count({ name: 'n' }).toStream().to(counts);
  return app;
};

describe('marbles', () => {
  test('show windows with their newest result, late records and stream time', () => {
    const steps = stepsOf(
      counted((all) => all.window(tumbling('10ms', { grace: '2ms' }))),
      [1, 5, 25, 3],
    );
    const { lanes, streamTime } = lanesOf(steps, none);
    expect(streamTime).toBe(25);
    const [source, sink] = lanes;
    expect(source?.marbles.map(({ late, record, step }) => [step, record.timestamp, late])).toEqual([
      [1, 1, false],
      [2, 5, false],
      [3, 25, false],
      [4, 3, true],
    ]);
    expect(sink?.windows.map(({ from, record, step, to }) => [from, to, record.value.text, step])).toEqual([
      [0, 10, '2', 2],
      [20, 30, '1', 3],
    ]);
    expect(sink?.marbles).toEqual([]);
    expect(spanOf(steps, none)).toEqual({ from: 0, to: 30 });
  });

  test('drop a session that another one took in', () => {
    const { lanes } = lanesOf(
      stepsOf(
        counted((all) => all.window(session('4ms', { grace: '9ms' }))),
        [0, 6, 3],
      ),
      none,
    );
    expect(lanes[1]?.windows.map(({ record }) => record.value.text)).toEqual(['3']);
  });

  test('have no lane for the topic of a global table', () => {
    const steps = stepsOf(
      counted((all) => all.window(tumbling('10ms'))),
      [1],
    );
    expect(lanesOf(steps, new Set(['clicks'])).lanes.map(({ kind }) => kind)).toEqual(['sink']);
  });

  test('ticks lie within the span, at even distances', () => {
    const span = fc.tuple(fc.integer({ min: -1e13, max: 1e13 }), fc.integer({ min: 1, max: 1e12 }));
    fc.assert(
      fc.property(span, fc.integer({ min: 1, max: 40 }), ([from, length], most) => {
        const ticks = ticksOf({ from, to: from + length }, most);
        expect(ticks.length).toBeLessThanOrEqual(most);
        expect(ticks.every((one) => one >= from && one <= from + length)).toBe(true);
        const gaps = new Set(ticks.slice(1).map((one, n) => one - (ticks[n] as number)));
        expect(gaps.size).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('packed items of a row do not overlap where they fit', () => {
    const item = fc.tuple(fc.nat(100), fc.nat(30)).map(([left, width]) => ({ left, right: left + width }));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (items) => {
        const { fits, rows } = packed(items, 4);
        expect(rows.every((row) => row < 4)).toBe(true);
        const overlaps = items.some((one, n) =>
          items.some((other, m) => n < m && rows[n] === rows[m] && one.left < other.right && other.left < one.right),
        );
        if (fits) expect(overlaps).toBe(false);
      }),
    );
  });
});
