/** Numbers and names that cannot be meant are refused by the call that receives them, with their name and value. */
import { describe, expect, test } from '@jest/globals';
import { json, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { session, tumbling, unlimited, type WindowEmitStrategy } from '@kstreams/windowing';
import {
  type BatchOptions,
  ConfigError,
  type Context,
  keyValue,
  streams,
  timers,
  topic,
  untilTimeLimit,
  untilWindowCloses,
  versioned,
} from '../index.js';

const lines = topic('lines', { key: string, value: string });

const mapBatch = (options: object) => () =>
  streams('app')
    .stream(lines)
    .mapBatch(async (batch) => batch, options as BatchOptions);

const wrong = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '5', null] as const;

describe.each<[name: string, options: (value: unknown) => object]>([
  ['concurrency', (concurrency) => ({ concurrency })],
  ['perSecond', (perSecond) => ({ perSecond })],
  ['retry.attempts', (attempts) => ({ retry: { attempts } })],
  ['buffer.records', (records) => ({ buffer: { records } })],
  ['buffer.bytes', (bytes) => ({ buffer: { bytes } })],
  ['maxSize', (maxSize) => ({ maxSize })],
  ['maxBytes', (maxBytes) => ({ maxBytes })],
])('%s of an async step', (name, options) => {
  test.each(wrong)('cannot be %p', (value) => {
    expect(mapBatch(options(value))).toThrow(
      new ConfigError(
        `option "${name}" of mapBatch is ${typeof value === 'string' ? `"${value}"` : value}: use a whole number of at least 1`,
      ),
    );
  });

  test.each([1, 7, 100_000])('can be %p', (value) => {
    expect(mapBatch(options(value))).not.toThrow();
  });
});

test.each<[string, object, string]>([
  ['a timeout of 0', { timeout: 0 }, 'the timeout of mapBatch is 0: make it longer'],
  ['a timeout that is no duration', { timeout: Number.NaN }, 'option "timeout" of mapBatch is NaN: use a duration'],
  ['a negative maxWait', { maxWait: -1 }, 'option "maxWait" of mapBatch is -1: use a duration'],
  [
    'a backoff that is no duration',
    { retry: { attempts: 2, backoff: '1' } },
    'option "retry.backoff" of mapBatch is "1": use a duration',
  ],
])('%s is refused', (_, options, message) => {
  expect(mapBatch(options)).toThrow(message);
});

describe('a schedule', () => {
  const open = (use: (context: Context<string, string>) => void) => () => {
    const app = streams('app');
    app.stream(lines).process((context: Context<string, string>) => {
      use(context);
      return () => {};
    });
    testDriver(app);
  };
  const act = (): void => {};

  test.each(wrong.filter((value) => value !== '5'))('every %p ms is refused, and so is an idle time', (value) => {
    expect(open((context) => context.schedule(value as number, 'wall', act))).toThrow(
      `the interval of node "process-0" is ${value}`,
    );
    expect(open((context) => context.onIdle(value as number, act))).toThrow(
      `the idle time of node "process-0" is ${value}`,
    );
  });

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null])('anchored at %p is refused', (anchor) => {
    expect(open((context) => context.schedule('1s', 'stream', act, { anchor: anchor as number }))).toThrow(
      new ConfigError(
        `option "anchor" of schedule in node "process-0" is ${typeof anchor === 'string' ? `"${anchor}"` : anchor}: use whole milliseconds since 1970`,
      ),
    );
  });

  test('on an unknown clock is refused', () => {
    expect(open((context) => context.schedule('1s', 'steam' as 'stream', act))).toThrow(
      new ConfigError(`the clock of node "process-0" is "steam": use 'stream' or 'wall'`),
    );
  });

  test('anchored before 1970 or later than now is taken', () => {
    for (const anchor of [-7, 0, 5, 1_000]) {
      expect(open((context) => context.schedule('1s', 'stream', act, { anchor }))).not.toThrow();
    }
  });
});

test('rows of windows that never close cannot be suppressed until they close', () => {
  const clicks = () => streams('app').stream(lines).groupByKey();
  expect(() => clicks().window(unlimited()).count().suppress(untilWindowCloses())).toThrow(
    new ConfigError('suppress-0 waits for windows to close, but the windows above it never do: use untilTimeLimit(…)'),
  );
  expect(() => clicks().window(tumbling('1m')).count().suppress(untilWindowCloses())).not.toThrow();
});

test.each<WindowEmitStrategy>([
  { on: 'close', wallClock: '1m' },
  { on: 'close', idleAfter: '1m' },
])('rows of windows that close without records are not suppressed until a record closes them: %j', (emit) => {
  const counts = streams('app').stream(lines).groupByKey().window(session('1m', { emit })).count();
  const kept = counts.mapValues(String, { value: string }).filter(Boolean);
  for (const table of [counts, kept]) {
    expect(() => table.suppress(untilWindowCloses())).toThrow(
      /suppress-\d waits for records to close windows, but the windows above it also close without, once and for all: remove suppress/,
    );
    expect(() => table.suppress(untilTimeLimit('1m'))).not.toThrow();
  }
});

describe.each(['', undefined, null, 5, '.', '..', 'a/b', 'é', 'x'.repeat(250)])('the name %p', (given) => {
  const name = given as string;
  const serdes = { key: string, value: string };

  test.each<[string, () => unknown]>([
    ['a topic', () => topic(name, serdes)],
    ['an application', () => streams(name)],
    ['a store', () => keyValue(name, serdes)],
    ['a versioned store', () => versioned(name, { ...serdes, history: 1 })],
    ['timers', () => timers(name, { key: string })],
  ])('is refused for %s', (_, make) => {
    expect(make).toThrow(ConfigError);
  });
});

test('an empty name of a step is refused', () => {
  expect(() =>
    streams('app')
      .stream(lines)
      .mapValues((line) => line, { name: '' }),
  ).toThrow('option "name" of mapValues is "": use a text that is not empty');
  expect(() => streams('app').stream(lines).groupByKey().count({ name: '', value: json<number>() })).toThrow(
    'option "name" of count is "": use a text that is not empty',
  );
});
