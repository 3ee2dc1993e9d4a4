import { concatBytes } from '../../graph/bytes.js';
import { type Change, change } from '../../graph/change.js';
import { checkOptions } from '../../graph/check-options.js';
import type { Context } from '../../graph/context.js';
import { type Duration, toMilliseconds } from '../../graph/duration.js';
import { ConfigError, StateError } from '../../graph/errors.js';
import type { Edge, NodeId, ProcessorNode, Requirements } from '../../graph/node.js';
import { type OptionChecks, option } from '../../graph/option.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import type { StoreSpec } from '../../graph/store.js';
import { type TimeBuffer, timeBuffer } from '../../state/time-buffer.js';
import type { WindowKey } from '../../state/window-key.js';
import { appendNode } from '../append.js';
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

/** The rule by which `suppress` holds back updates: made by `untilWindowCloses` and `untilTimeLimit`. */
export interface Suppression<in K> {
  readonly until: 'window-closes' | 'time-limit';
  /** Returns the time from which a row waits, in ms. */
  readonly timeOf: (key: K, timestamp: number) => number;
  /** The time that a row waits, in ms; `undefined` for as long as its window may change. */
  readonly wait: number | undefined;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly whenFull: 'emit' | 'fail';
}

/**
 * Holds back a window's updates until the window closes, so that only its final result is forwarded. Deleted windows are
 * not forwarded. A full buffer fails the task with a `StateError`, since an early result would not be final.
 *
 * @throws ConfigError for a limit that is not a whole number of at least 0.
 *
 * @example
 * clicks.groupByKey().window(tumbling('1m', { grace: '10s' })).count().suppress(untilWindowCloses())
 */
export const untilWindowCloses = (limits: SuppressionLimits = {}): Suppression<WindowKey<unknown>> => {
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
  if (wait === Number.POSITIVE_INFINITY)
    throw new ConfigError(`${id} waits for windows to close, but the windows above it never do: use untilTimeLimit(…)`);
  const store = timeBuffer<unknown, SuppressedUpdate<unknown>>(id, {
    key: serdeOf(from, 'key', id),
    value: suppressedUpdateSerde(serdeOf(from, 'value', id)),
    keys: 'unique',
    measured: Number.isFinite(suppression.maxBytes),
    named,
  });
  return appendNode(from, suppressNode(id, from.node, { ...suppression, wait } as SettledSuppression, store));
};

type SettledSuppression = Suppression<unknown> & { readonly wait: number };

/**
 * Buffers updates of rows and forwards the last of each once stream time has passed its wait. Further updates of a
 * buffered row keep its place. The forwarded record has the timestamp, headers and old value of the last update.
 *
 * Looking up a suppressed row returns its previous value with timestamp -1.
 */
const suppressNode = (
  id: NodeId,
  from: NodeId,
  suppression: SettledSuppression,
  store: StoreSpec<TimeBuffer<unknown, SuppressedUpdate<unknown>>>,
): ProcessorNode => {
  const settled = ({ lookup }: Requirements): ProcessorNode => {
    const input: Edge = { by: 'pipeline', from, before: true };
    return {
      kind: 'processor',
      id,
      operator: 'suppress',
      inputs: lookup ? [input, { by: 'lookup', from }] : [input],
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
            if (suppressed === undefined) return rows.get(key);
            const { prior } = suppressed.value;
            return prior === undefined ? undefined : { value: prior, timestamp: -1 };
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
  buffer: TimeBuffer<unknown, SuppressedUpdate<unknown>>,
  id: NodeId,
) => {
  const forwardFirst = (): void => {
    const first = buffer.first();
    if (first === undefined) return;
    const { key, value } = first;
    const { before, after, known } = value.change;
    if (until === 'time-limit' || after !== undefined)
      context.forward(record(key, change(before, after, known), value.timestamp, value.headers));
    buffer.removeFirst();
  };
  const advance = (time: number): void => {
    const horizon = buffer.observe(time) - wait;
    for (let first = buffer.first(); first !== undefined && first.time <= horizon; first = buffer.first())
      forwardFirst();
  };
  const clock = context.clock(advance);
  const isFull = (): boolean => buffer.count > maxRecords || buffer.bytes > maxBytes;
  return ({ key, value, timestamp, headers }: StreamRecord<unknown, Change<unknown>>): void => {
    const suppressed = buffer.get(key);
    const prior = suppressed === undefined ? value.before : suppressed.value.prior;
    buffer.put(timeOf(key, timestamp), key, { change: value, prior, timestamp, headers });
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

/** A suppressed update, with the row's value from before it was suppressed. */
interface SuppressedUpdate<V> extends BufferedUpdate<V> {
  readonly prior: V | undefined;
}

/** Bytes of a suppressed update: one byte for a prior value, its length in four bytes, the value, the update. */
const suppressedUpdateSerde = <V>(value: Serde<V>): Serde<SuppressedUpdate<V>> => {
  const updates = bufferedUpdateSerde(value);
  const [ofUpdate, ofValue] = [updates.roundTrip, value.roundTrip];
  return {
    name: `suppressed ${value.name}`,
    inner: [value],
    ...(ofUpdate &&
      ofValue && {
        roundTrip: (given, at) => {
          const prior = given.prior === undefined ? undefined : ofValue(given.prior, at);
          const update = ofUpdate(given, at);
          return update === given && Object.is(prior, given.prior) ? given : { ...update, prior };
        },
      }),
    encode: ({ prior, ...update }, at) => {
      const before = prior === undefined ? new Uint8Array() : value.encode(prior, at);
      const head = new Uint8Array(5);
      head[0] = prior === undefined ? 0 : 1;
      new DataView(head.buffer).setUint32(1, before.length);
      return concatBytes(head, before, updates.encode(update, at));
    },
    decode: (bytes, at) => {
      const end = 5 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
      const prior = bytes[0] === 1 ? value.decode(bytes.subarray(5, end), at) : undefined;
      return { ...updates.decode(bytes.subarray(end), at), prior };
    },
  };
};
