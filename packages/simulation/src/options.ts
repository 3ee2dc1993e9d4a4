import type { AnyTopic, Received } from '@kstreams/core/graph';
import type { Guarantee } from '@kstreams/runtime';
import type { Seams } from './process/simulated-process.js';
import type { FaultKind } from './schedule/faults.js';
import type { Random } from './schedule/random.js';

/** A record to be processed: `null` is Kafka's null, the timestamp is in ms. */
export type SimulatedInput = readonly [topic: AnyTopic, key: unknown, value: unknown, timestamp: number];

/** What a simulation came to, once all its input is processed and all is closed. */
export interface Outcome {
  readonly seed: number;
  /** The committed records of a topic, in the order of their offsets, partition after partition. */
  read<K, V>(topic: { readonly name: string } & TopicOf<K, V>): readonly OutcomeRecord<K, V>[];
  /** The last row of each key that a store's changelog holds. */
  changelog(store: string): readonly Received[];
  /**
   * True where a process that had lost its place wrote to a changelog. At least once, it may have written old rows over
   * newer ones: what is kept in stores is then not certain.
   */
  readonly overwritten: boolean;
  /** How often the record at an offset was processed, committed or not. */
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

/** How a topology is simulated. */
export interface SimulationOptions {
  /** What it processes; records of a topic with equal keys come in this order. */
  readonly input: readonly SimulatedInput[] | ((random: Random) => readonly SimulatedInput[]);
  /** What is promised of every record; `'at-least-once'` unless set. */
  readonly guarantee?: Guarantee;
  /** How many partitions each topic has that it reads or writes; 3 unless set. */
  readonly partitions?: number;
  /** How many processes there are at most; 3 unless set. */
  readonly processes?: number;
  /** What goes wrong; everything unless set. */
  readonly faults?: readonly FaultKind[];
  /** A law of your own, for the end; what it throws fails the seed. */
  readonly check?: (outcome: Outcome) => void | Promise<void>;
  /** Puts something between the application and what it runs on: to see, or to break a promise on purpose. */
  readonly around?: (seams: Seams) => Seams;
}

/** What one seed did. */
export interface SeedReport {
  readonly seed: number;
  /** The same for the same seed, and for no other. */
  readonly hash: string;
  readonly steps: number;
  /** How often each kind of fault happened. */
  readonly faults: ReadonlyMap<FaultKind, number>;
}
