import type { CallWork } from './async-stage.js';
import type { Cancel, ClockKind } from './clock.js';
import type { Duration } from './duration.js';
import type { Process } from './processor.js';
import type { StreamRecord } from './record.js';
import type { Row, StoreSpec } from './store.js';
import type { Timers, TimersSpec } from './timers.js';

/** Why a record was dropped; counted per reason, so that a drop can be explained. */
export type DropReason =
  | 'null-key'
  | 'null-value'
  | 'late'
  | 'expired'
  | 'no-window'
  | 'out-of-order'
  | 'null-foreign-key'
  | 'stale-response'
  | 'negative-timestamp'
  | 'skipped-by-policy';

/** Where the record being processed was read. */
export interface RecordSource {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** How a repeating schedule fires. */
export interface ScheduleOptions {
  /** Fires at this instant plus whole intervals, instead of counting from now (wall) or from 0 (stream). */
  readonly anchor?: number;
}

/** Looks up another node's table by key, without a copy of it. */
export interface Lookup<in K, out V> {
  /** The row as it is now, or `undefined` when there is none. */
  readonly get: (key: K) => Row<V> | undefined;
  /** The row as it was at an instant; only tables that keep versions have it. */
  readonly asOf?: (key: K, timestamp: number) => Row<V> | undefined;
}

/** What a processor is given when it is opened: its neighbours, its stores and its clocks, for one task. */
export interface Context<in K, in V> {
  /** Hands a record to every child in the order in which they were added. With one child this is that child. */
  readonly forward: Process<K, V>;
  /** The child of that name, to be found once, when the processor is opened; throws when there is none. */
  readonly child: (name: string) => Process<K, V>;
  /** Hands a record to the child of that name; throws when there is none. */
  readonly forwardTo: (child: string, record: StreamRecord<K, V>) => void;
  readonly time: {
    /** The largest timestamp this task has read so far, in ms; -1 before the first record. */
    readonly stream: number;
    /** The wall clock, in ms since 1970. */
    readonly wall: number;
  };
  /** Where the record in hand was read; in a punctuation, that of the last record. */
  readonly source: RecordSource;
  /** Which task this is: the sub-topology's number and the partition. */
  readonly task: { readonly id: string; readonly subtopology: number; readonly partition: number };
  /** The store of a spec that the node declared, or a global one; the spec is the typed key. */
  store<S>(spec: StoreSpec<S>): S;
  /** The table behind the node's lookup edge at this index. */
  lookup<K2, V2>(index: number): Lookup<K2, V2>;
  /**
   * Calls `punctuate` every interval of the clock with that clock's time; missed periods make one call, not many.
   * On stream time it fires first with the first record, on wall time after one interval.
   */
  schedule(interval: Duration, clock: ClockKind, punctuate: (at: number) => void, options?: ScheduleOptions): Cancel;
  /**
   * The timers of a spec that the node declared; `fire` is called for each that comes due, with its key, the instant it
   * was set for and its value, in the order of instants, then of the keys' bytes. Others that share them ask for them with
   * `store`, to set and cancel; one node fires them.
   */
  timers<K2, V2>(spec: TimersSpec<K2, V2>, fire: (key: K2, at: number, value: V2) => void): Timers<K2, V2>;
  /**
   * Calls once the task has been idle for that long on the wall clock, and again after every later silence. Idle means
   * that it runs, has processed all that its partitions hold, and no record came: an outage, a restore or a pause is none.
   */
  onIdle(after: Duration, act: (at: number) => void): Cancel;
  /**
   * The clock of an operator that closes, forgets or judges by time, to be asked for when it is opened. Called with
   * the timestamp of each record that comes, it answers the largest that counts as seen: that one, unless an async stage
   * stands above. Behind one a record counts only once all that were read before it are done, so that no reordering
   * makes anything late; `moved` is called when that happens without a record.
   */
  clock(moved?: (time: number) => void): (timestamp: number) => number;
  /**
   * For a node that declares itself `async`, to be asked for once: takes records in, calls `work`, and hands each result
   * to `done` in a later turn of the task.
   */
  calls<K2, V2, R>(work: CallWork<K2, V2, R>, done: (from: StreamRecord<K2, V2>, result: R) => void): Process<K2, V2>;
  /** Counts a record as dropped, with the reason. */
  drop(reason: DropReason): void;
  /** Asks for a commit soon. */
  commit(): void;
  /** Called when the task closes, in reverse order of asking. */
  onClose(release: () => void | Promise<void>): void;
}
