import { type AnyTopic, type OnError, type OptionChecks, option, type Received } from '@kstreams/core/graph';
import type { Guarantee } from '@kstreams/runtime';
import type { RemoteState } from './process/disk.js';
import type { Seams } from './process/simulated-process.js';
import { allFaults, type FaultKind } from './schedule/faults.js';
import type { Random } from './schedule/random.js';

/** An input record: `null` is Kafka's null, the timestamp is in ms. */
export type SimulatedInput = readonly [topic: AnyTopic, key: unknown, value: unknown, timestamp: number];

/** The result of a seed, after all input is processed and all processes are closed. */
export interface Outcome {
  readonly seed: number;
  /** Returns the committed records of a topic, by partition and offset. */
  read<K, V>(topic: { readonly name: string } & TopicOf<K, V>): readonly OutcomeRecord<K, V>[];
  /** Returns the last row of each key in the changelog of a store. */
  changelog(store: string): readonly Received[];
  /**
   * True when a process that had lost a task wrote to its changelog. With at-least-once, older rows may then have replaced
   * newer ones, and the contents of stores are not certain.
   */
  readonly overwritten: boolean;
  /** Returns the number of times that a record was processed, committed or not. */
  processed(record: Pick<Received, 'topic' | 'partition' | 'offset'>): number;
}

/** The serdes of a topic. */
export interface TopicOf<K, V> {
  readonly key: { readonly decode: (bytes: Uint8Array, at: Received) => K };
  readonly value: { readonly decode: (bytes: Uint8Array, at: Received) => V };
}

/** A record of an outcome. */
export interface OutcomeRecord<K, V> {
  readonly key: K | null;
  readonly value: V | null;
  readonly timestamp: number;
  readonly partition: number;
  readonly offset: number;
}

/** Options of a simulation. */
export interface SimulationOptions {
  /** The input. Records of a topic with equal keys keep this order. */
  readonly input: readonly SimulatedInput[] | ((random: Random) => readonly SimulatedInput[]);
  /** The processing guarantee; `'at-least-once'` by default. */
  readonly guarantee?: Guarantee;
  /** The number of partitions of each source and sink topic; 3 by default. */
  readonly partitions?: number;
  /** The greatest number of processes at a time; 3 by default. */
  readonly processes?: number;
  /** Keeps state across a network behind a cache with little memory, where rows have to be loaded; local by default. */
  readonly remoteState?: RemoteState;
  /**
   * True for a partition of a store of which a disk lacks rows, because a backend of `around` is loading them; its rows are not
   * compared. Without it, no record of local state may wait for a row.
   */
  readonly isLoading?: (keys: { has(key: string): boolean }, store: string, partition: number) => boolean;
  /** The error policy of the applications; every failure ends a process by default. */
  readonly onError?: OnError;
  /** The kinds of faults that may strike; all by default. */
  readonly faults?: readonly FaultKind[];
  /** Checks the outcome. A thrown error fails the seed. */
  readonly check?: (outcome: Outcome) => void | Promise<void>;
  /** Wraps the interfaces of each application: to observe it, or to inject a bug on purpose. */
  readonly around?: (seams: Seams) => Seams;
}

const records = option.listOf({ takes: 'a record [topic, key, value, timestamp]', accepts: Array.isArray });

/** The checks of {@link SimulationOptions}. */
export const simulationChecks: OptionChecks<SimulationOptions> = {
  input: option.required(option.either(records, option.fn)),
  guarantee: option.oneOf<Guarantee>('at-least-once', 'exactly-once'),
  partitions: option.count,
  processes: option.count,
  remoteState: option.oneOf<RemoteState>({
    memory: option.required(option.count),
    latency: option.required(option.whole(0)),
  }),
  isLoading: option.fn,
  onError: option.onError,
  faults: option.listOf(option.oneOf<FaultKind>(...allFaults)),
  check: option.fn,
  around: option.fn,
};

/** The report of one seed. */
export interface SeedReport {
  readonly seed: number;
  /** A hash over the schedule: equal for equal schedules. */
  readonly hash: string;
  readonly steps: number;
  /** The number of faults of each kind. */
  readonly faults: ReadonlyMap<FaultKind, number>;
}
