import { type Change, change, rowBefore } from '../../graph/change.js';
import { checkOptions } from '../../graph/check-options.js';
import type { Context } from '../../graph/context.js';
import { type Duration, toMilliseconds } from '../../graph/duration.js';
import { ConfigError, StateError } from '../../graph/errors.js';
import type { Edge, NodeId, ProcessorNode, Requirements } from '../../graph/node.js';
import { type OptionChecks, option } from '../../graph/option.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { StoreSpec } from '../../graph/store.js';
import { type TimeBuffer, timeBuffer } from '../../state/time-buffer.js';
import type { WindowKey } from '../../state/window-key.js';
import { appendNode, lookupThrough } from '../append.js';
import { type BufferedUpdate, bufferedUpdateSerde } from '../buffered-update-serde.js';
import { type ChainPosition, serdeOf, stepName } from '../chain.js';
import type { Named } from '../options.js';

/** The limits of a suppression's buffer. */
export interface SuppressionLimits {
  /** The number of rows that may be buffered; unlimited unless set. */
  readonly maxRecords?: number;
  /** The bytes of keys and values that may be buffered; unlimited unless set. */
  readonly maxBytes?: number;
}

/** The limits of a suppression's buffer, and the effect of reaching one. */
export interface TimeLimitOptions extends SuppressionLimits {
  /** `'emit'`, unless set, forwards the longest waiting row early; `'fail'` fails the task. */
  readonly whenFull?: 'emit' | 'fail';
}

const limitChecks: OptionChecks<SuppressionLimits> = { maxRecords: option.limit(0), maxBytes: option.limit(0) };

const timeLimitChecks: OptionChecks<TimeLimitOptions> = {
  ...limitChecks,
  whenFull: option.oneOf<'emit' | 'fail'>('emit', 'fail'),
};

/**
 * The rule by which `suppress` holds back updates: made by `untilWindowCloses` and `untilTimeLimit`. D is `never` for a
 * rule that forwards no deletes.
 */
export interface Suppression<in K, out D extends null = null> {
  readonly until: 'window-closes' | 'time-limit';
  /** Returns the time from which a row waits, in ms. */
  readonly timeOf: (key: K, timestamp: number) => number;
  /** The time that a row waits, in ms; `undefined` for as long as its window may change. */
  readonly wait: number | undefined;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly whenFull: 'emit' | 'fail';
  /** Types only: never set. */
  readonly deletes?: D;
}

/**
 * Holds back a window's updates until the window closes, so that only its final result is forwarded. Deletes
 * are not forwarded; a delete of a window that was forwarded before is counted as `late`. A full buffer fails the task with a `StateError`, since an early result would not be final.
 *
 * @throws ConfigError for a limit that is not a whole number of at least 0.
 *
 * @example
 * clicks.groupByKey().window(tumbling('1m', { grace: '10s' })).count().suppress(untilWindowCloses())
 */
export const untilWindowCloses = (limits: SuppressionLimits = {}): Suppression<WindowKey<unknown>, never> => {
  checkOptions('untilWindowCloses', limits, limitChecks);
  return { until: 'window-closes', timeOf: ({ end }) => end, wait: undefined, ...bounds(limits), whenFull: 'fail' };
};

/**
 * Holds back a row's updates until stream time is `wait` past the first of them, then forwards the last. A full buffer
 * forwards the longest waiting row early, or fails the task with `whenFull: 'fail'`.
 *
 * @throws ConfigError for a limit that is not a whole number of at least 0, or a bad duration.
 *
 * @example
 * totals.suppress(untilTimeLimit('5s', { maxRecords: 10_000 }))
 */
export const untilTimeLimit = (wait: Duration, options: TimeLimitOptions = {}): Suppression<unknown> => {
  checkOptions('untilTimeLimit', options, timeLimitChecks);
  return {
    until: 'time-limit',
    timeOf: (_, timestamp) => timestamp,
    wait: toMilliseconds(wait, 'the time limit of suppress'),
    ...bounds(options),
    whenFull: options.whenFull ?? 'emit',
  };
};

const bounds = ({
  maxRecords = Number.POSITIVE_INFINITY,
  maxBytes = Number.POSITIVE_INFINITY,
}: SuppressionLimits): Required<SuppressionLimits> => ({ maxRecords, maxBytes });

/** The argument of `suppress`. */
export const suppression = option.having('untilWindowCloses() or untilTimeLimit(…)', 'timeOf');

/** Appends a step that holds back a table's updates. */
export const appendSuppress = (
  from: ChainPosition,
  suppression: Suppression<never>,
  { name }: Named,
): ChainPosition => {
  const { id, named } = stepName(from.chain, 'suppress', name);
  const wait = suppression.wait ?? from.grace;
  if (wait === undefined) {
    throw new ConfigError(`${id} waits for windows to close, but no windowed step is above it: use untilTimeLimit(…)`);
  }
  if (suppression.wait === undefined && from.closesWithoutRecords)
    throw new ConfigError(
      `${id} waits for records to close windows, but the windows above it also close without, once and for all: remove suppress`,
    );
  if (wait === Number.POSITIVE_INFINITY)
    throw new ConfigError(`${id} waits for windows to close, but the windows above it never do: use untilTimeLimit(…)`);
  const store = timeBuffer<unknown, BufferedUpdate<unknown>>(id, {
    key: serdeOf(from, 'key', id),
    value: bufferedUpdateSerde(serdeOf(from, 'value', id)),
    keys: 'unique',
    measured: Number.isFinite(suppression.maxBytes),
    named,
  });
  return appendNode(from, suppressNode(id, from.node, { ...suppression, wait } as SettledSuppression, store));
};

type SettledSuppression = Suppression<unknown> & { readonly wait: number };

/**
 * Buffers updates of rows and forwards the last of each once stream time has passed its wait. Further updates of a
 * buffered row keep its place. The forwarded record has the timestamp and headers of the last update; its change goes from
 * the last forwarded value to the newest. Updates of old versions are forwarded at once.
 *
 * Looking up a suppressed row returns its previous value with timestamp -1.
 */
const suppressNode = (
  id: NodeId,
  from: NodeId,
  suppression: SettledSuppression,
  store: StoreSpec<TimeBuffer<unknown, BufferedUpdate<unknown>>>,
): ProcessorNode => {
  const settled = ({ lookup }: Requirements): ProcessorNode => {
    const input: Edge = { by: 'pipeline', from, before: true };
    return {
      kind: 'processor',
      id,
      operator: 'suppress',
      inputs: lookup ? [input, lookupThrough(id, from, lookup)] : [input],
      stores: [store],
      key: 'kept',
      value: 'kept',
      open: (context) => [suppressing(context, suppression, context.store(store), id)],
      lookup: (context) => {
        const buffer = context.store(store);
        const rows = context.lookup<unknown, unknown>(0);
        return {
          get: (key) => {
            const suppressed = buffer.get(key);
            return suppressed === undefined ? rows.get(key) : rowBefore(suppressed.value.change);
          },
        };
      },
    };
  };
  return { ...settled({ before: false, lookup: false }), resolve: settled };
};

const suppressing = (
  context: Context<unknown, Change<unknown>>,
  { until, timeOf, wait, maxRecords, maxBytes, whenFull }: SettledSuppression,
  buffer: TimeBuffer<unknown, BufferedUpdate<unknown>>,
  id: NodeId,
) => {
  const forwardFirst = (): void => {
    const first = buffer.first();
    if (first === undefined) return;
    const { key, value } = first;
    buffer.removeFirst();
    const { after, before } = value.change;
    if (until === 'time-limit' || after !== undefined)
      context.forward(record(key, value.change, value.timestamp, value.headers));
    else if (before !== undefined) context.drop('late');
  };
  const advance = (time: number): void => {
    const horizon = buffer.observe(time) - wait;
    for (let first = buffer.first(); first !== undefined && first.time <= horizon; first = buffer.first())
      forwardFirst();
  };
  const clock = context.clock(advance);
  const isFull = (): boolean => buffer.count > maxRecords || buffer.bytes > maxBytes;
  return (from: StreamRecord<unknown, Change<unknown>>) => {
    const { key, value, timestamp, headers } = from;
    if (!value.latest) return until === 'time-limit' || value.after !== undefined ? context.forward(from) : undefined;
    const { before, known } = buffer.get(key)?.value.change ?? value;
    buffer.put(timeOf(key, timestamp), key, { change: change(before, value.after, known), timestamp, headers });
    advance(clock(timestamp));
    if (!isFull()) return;
    if (whenFull === 'fail') {
      throw new StateError(
        `${id} holds ${buffer.count} of ${maxRecords} records and ${buffer.bytes} of ${maxBytes} bytes: ` +
          'raise its limits, or let it emit early with untilTimeLimit(…)',
        { node: id },
      );
    }
    while (isFull()) forwardFirst();
  };
};
