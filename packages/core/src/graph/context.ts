import type { CallWork } from './async-stage.js';
import type { Cancel, ClockKind } from './clock.js';
import type { Duration } from './duration.js';
import type { Process } from './processor.js';
import type { StreamRecord } from './record.js';
import type { ReadableSpec, Row, StoreSpec } from './store.js';
import type { Timers, TimersSpec } from './timers.js';

/**
 * The reason for dropping a record. Drops are counted per reason; `'late'` and `'window-expired'` are counted per window.
 */
export type DropReason =
  | 'null-key'
  | 'null-value'
  | 'late'
  | 'expired'
  | 'no-window'
  | 'window-expired'
  | 'out-of-order'
  | 'null-foreign-key'
  | 'null-repartition-key'
  | 'stale-response'
  | 'negative-timestamp'
  | 'skipped-by-policy';

/** The position of a record in its source topic. */
export interface RecordSource {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Options of a repeating schedule. */
export interface ScheduleOptions {
  /**
   * An instant in ms; the schedule fires at it plus whole intervals. Stream time counts from 0 unless set. On the wall clock,
   * a schedule without an anchor fires whenever the interval has elapsed.
   */
  readonly anchor?: number;
}

/** Reads the rows of another node's table by key. Covariant in V. */
export interface Lookup<in K, out V> {
  /** Returns the current row, or `undefined`. */
  readonly get: (key: K) => Row<V> | undefined;
  /** Returns the row as it was at an instant, in ms. Only of versioned tables. */
  readonly asOf?: (key: K, timestamp: number) => Row<V> | undefined;
  /**
   * Returns the row as it will be when the change in flight has reached all readers. Absent where no change can be in flight
   * during a lookup; `get` then returns that row.
   */
  readonly ahead?: ((key: K) => Row<V> | undefined) | undefined;
  /**
   * Returns the row that a processor obtained with `ahead`, when the change of that row arrives; undefined if it obtained
   * none. From `ahead` to `arrived`, `get` returns that row.
   */
  readonly arrived?: (key: K) => { readonly row: Row<V> | undefined } | undefined;
}

/** The children, stores and clocks of a processor, in one task. */
export interface Context<in K, in V> {
  /** Forwards a record to all children, in the order in which they were added. */
  readonly forward: Process<K, V>;
  /** Returns the child of a name, to be looked up once when the processor is opened; throws when there is none. */
  readonly child: (name: string) => Process<K, V>;
  /** Forwards a record to the child of a name; throws when there is none. */
  readonly forwardTo: (child: string, record: StreamRecord<K, V>) => void;
  readonly time: {
    /** The largest timestamp that this task has read, in ms; -1 before the first record. */
    readonly stream: number;
    /** The wall clock, in ms since 1970. It may be set back. */
    readonly wall: number;
  };
  /**
   * The position of the current record. In a punctuation, and for what follows from one, there is none: the topic is empty,
   * the offset -1.
   */
  readonly source: RecordSource;
  /** The task: its id, the number of its sub-topology and its partition. */
  readonly task: { readonly id: string; readonly subtopology: number; readonly partition: number };
  /** Returns the store of a spec that the node declared, or a global store. */
  store<S>(spec: StoreSpec<S>): S;
  /** Returns the table behind the node's lookup edge at an index; see `LookupEdge` for the rows that it shows. */
  lookup<K2, V2>(index: number): Lookup<K2, V2>;
  /**
   * Calls `punctuate` once per interval with the clock's time. Several missed periods cause one call. On stream time the
   * first call comes with the first record, on wall-clock time after one interval. Intervals on the wall clock are elapsed
   * time, also when the clock is set back or forward; with an anchor the calls come at instants of the clock, and none
   * comes twice unless the clock is set back by more than an interval.
   */
  schedule(interval: Duration, clock: ClockKind, punctuate: (at: number) => void, options?: ScheduleOptions): Cancel;
  /**
   * Returns the timers of a spec that the node declared. `fire` is called for each due timer with its key, instant and
   * value, in the order of instants, then of the keys' bytes. One node fires the timers; other nodes that share them set and
   * cancel timers through `store`.
   */
  timers<K2, V2>(spec: TimersSpec<K2, V2>, fire: (key: K2, at: number, value: V2) => void): Timers<K2, V2>;
  /**
   * Calls `act` for each row of a store with a `ttl` that has ended, after its delete, with the row's end in ms. Rows end in
   * the order of instants, then of the keys' bytes, before the record that advances the clock is processed. One node may
   * register a function per store.
   */
  onExpiry<K2, V2>(spec: ReadableSpec<unknown, K2, V2>, act: (key: K2, row: Row<V2>, at: number) => void): void;
  /**
   * Calls `act` with the wall-clock time whenever the task has been idle for `after`. A task is idle while it runs, has processed
   * all records of its partitions and receives none. An outage, a restore or a pause does not count.
   */
  onIdle(after: Duration, act: (at: number) => void): Cancel;
  /**
   * Calls `act` when the wall clock has reached `due()` and the task has caught up: it has processed all records that its
   * partitions held at that instant, which `act` receives. `due` is read between records; `Infinity` is never due.
   */
  onCaughtUp(due: () => number, act: (at: number) => void): Cancel;
  /**
   * Returns a clock for an operator that closes windows or drops late records, to be created when it is opened. Called with
   * the timestamp of each record, the clock returns the largest timestamp that counts as seen. Behind an async stage a
   * timestamp counts once all records read before it are finished, so that reordering makes no record late; `advanced`
   * is called when that happens without a record.
   */
  clock(advanced?: (time: number) => void): (timestamp: number) => number;
  /**
   * Returns the input of an async stage, for a node with `async` settings; called once. It calls `work` for its records and
   * passes each result to `done` in a later turn of the task.
   */
  calls<K2, V2, R>(work: CallWork<K2, V2, R>, done: (from: StreamRecord<K2, V2>, result: R) => void): Process<K2, V2>;
  /** Counts a dropped record by its reason. A late one may have the time by which it is late, in ms. */
  drop(reason: DropReason, late?: number): void;
  /** Requests a commit soon. */
  commit(): void;
  /** Registers a function to call when the task closes. The last one registered is called first. */
  onClose(release: () => void | Promise<void>): void;
}
