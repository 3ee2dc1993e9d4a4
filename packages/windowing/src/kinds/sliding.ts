import { checkOptions, type Duration, type Row, type StreamRecord, toPositiveMilliseconds } from '@kstreams/core/graph';
import type { WindowContext } from '../aggregate/window-context.js';
import { type Aggregation, type WindowStep, windowKind } from '../aggregate/window-kind.js';
import { type WindowSpec, windowSpec } from '../aggregate/window-spec.js';
import { type DeletedOn, type WindowEmitStrategy, type WindowOptions, windowChecks } from '../window-options.js';

/**
 * Creates windows that move with the records: records of a key that are at most `difference` apart share a window, both
 * ends included. There is one window per distinct set of records.
 *
 * @throws ConfigError for a difference of 0 or a bad duration.
 *
 * @example
 * readings.groupByKey().window(sliding('5m', { grace: '30s' })).reduce((largest, value) => Math.max(largest, value))
 */
export const sliding = <LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>(
  difference: Duration,
  options: WindowOptions<LateKey, LateValue, E> = {},
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  checkOptions('sliding', options, windowChecks);
  const length = toPositiveMilliseconds(difference, 'the difference of sliding windows');
  return windowSpec(
    windowKind(
      {
        name: 'sliding',
        longest: 2 * length,
        endInclusive: true,
        closeRetained: true,
        indexed: true,
        nullValues: 'dropped',
        step: slidingStep(length),
      },
      options,
    ),
  );
};

/**
 * Adds a record to its sliding windows, as Kafka Streams does. Each record has a window that ends with it (its left one)
 * and one that begins a millisecond after it (its right one). A window exists only if no other holds the same records.
 *
 * A record is added to all windows around it and creates up to three: its left one, its right one if it has later records,
 * and the right one of the record before it. Windows that would begin before 1970 are one, from 0.
 */
const slidingStep =
  (difference: number): WindowStep =>
  <K, V, A>(context: WindowContext<K, A>) =>
  (record: StreamRecord<K, V>, aggregation: Aggregation<K, V, A>) => {
    if (context.isClosed(record.timestamp + difference)) return context.dropLate();
    const neighbours = new Neighbours(context, record, aggregation, difference);
    if (record.timestamp < difference) addEarly(neighbours);
    else addInOrder(neighbours);
  };

/** The windows of a key around a record. */
class Neighbours<K, V, A> {
  readonly at: number;
  readonly difference: number;
  readonly #context: WindowContext<K, A>;
  readonly #record: StreamRecord<K, V>;
  readonly #aggregation: Aggregation<K, V, A>;

  constructor(
    context: WindowContext<K, A>,
    record: StreamRecord<K, V>,
    aggregation: Aggregation<K, V, A>,
    difference: number,
  ) {
    this.at = record.timestamp;
    this.difference = difference;
    this.#context = context;
    this.#record = record;
    this.#aggregation = aggregation;
  }

  /** Returns the windows that may hold the record, from a start on, ascending, with the timestamps of their rows. */
  windows(from: number): (readonly [start: number, timestamp: number])[] {
    const { rows } = this.#context;
    const { key } = this.#record;
    return rows.find(key, from, this.at + 1).flatMap(({ start, end }) => {
      const timestamp = rows.timestamp(key, start, end);
      return timestamp === undefined ? [] : [[start, timestamp] as const];
    });
  }

  /** Returns the row of a window, or null when it has no record after this one. */
  laterRow(start: number, timestamp: number): Row<A> | null {
    if (timestamp <= this.at) return null;
    return this.#context.rows.get(this.#record.key, start, start + this.difference) ?? null;
  }

  /** Adds the record to a window, which starts with the aggregate of the window at `source`, if given. */
  add(start: number, source: number | undefined, at = 0): void {
    const end = start + this.difference;
    if (this.#context.isClosed(end)) {
      this.#context.dropLate();
      return;
    }
    const { key, value, timestamp } = this.#record;
    const { rows, sendsOldValues } = this.#context;
    const { add, init } = this.#aggregation;
    const aggregate = source === undefined ? undefined : rows.getMutable(key, source, source + this.difference);
    const old = sendsOldValues && source === start ? rows.get(key, start, end)?.value : undefined;
    this.#context.update(start, end, add(aggregate ?? init(), value, key) ?? undefined, Math.max(timestamp, at), old);
  }

  /** Creates the right window of the record from the row of a window around it, without the record. */
  createRight({ value, timestamp }: Row<A>): void {
    const start = this.at + 1;
    this.#context.update(start, start + this.difference, value, timestamp, undefined);
  }
}

const addInOrder = <K, V, A>(neighbours: Neighbours<K, V, A>): void => {
  const { at, difference } = neighbours;
  const starts = new Set<number>();
  let hasLeft = false;
  let hasRight = false;
  let right: Row<A> | null | undefined;
  let left: number | undefined;
  let previous: number | undefined;
  for (const [start, timestamp] of neighbours.windows(Math.max(0, at - 2 * difference)).reverse()) {
    starts.add(start);
    const end = start + difference;
    if (start === at + 1) {
      hasRight = true;
    } else if (end > at) {
      if (right === undefined) right = neighbours.laterRow(start, timestamp);
      neighbours.add(start, start, timestamp);
    } else if (end === at) {
      hasLeft = true;
      neighbours.add(start, start, timestamp);
      if (timestamp >= at) return;
      previous = timestamp;
    } else {
      left = start;
      previous = timestamp;
      break;
    }
  }
  if (previous !== undefined && !starts.has(previous + 1) && previous + 1 + difference >= at) {
    neighbours.add(previous + 1, undefined);
  }
  if (!hasLeft) {
    const holdsPrevious = previous !== undefined && at - difference <= previous;
    neighbours.add(at - difference, holdsPrevious ? left : undefined);
  }
  if (!hasRight && right) neighbours.createRight(right);
};

/** Adds a record with a timestamp below the difference: its left window is the one from 0. */
const addEarly = <K, V, A>(neighbours: Neighbours<K, V, A>): void => {
  const { at } = neighbours;
  const starts = new Set<number>();
  let hasRight = false;
  let right: Row<A> | null | undefined;
  let first: number | undefined;
  for (const [start, timestamp] of neighbours.windows(0)) {
    starts.add(start);
    if (start === 0) {
      first = timestamp;
    } else if (start === at + 1) {
      hasRight = true;
    } else {
      right = neighbours.laterRow(start, timestamp);
      neighbours.add(start, start, timestamp);
    }
  }
  if (right === undefined && first !== undefined) right = neighbours.laterRow(0, first);
  if (!hasRight && right) neighbours.createRight(right);
  const previous = first !== undefined && first < at ? first : undefined;
  if (previous !== undefined && !starts.has(previous + 1)) neighbours.add(previous + 1, undefined);
  neighbours.add(0, first === undefined ? undefined : 0, first);
};
