/** The language of the vectors, as the `doc` member of each file defines it: statements, steps, and what they gave. */

/** A key: text, Kafka's null, or the key of a window; `end` as Kafka Streams counts it. */
export type CaseKey = string | null | WindowedKey;

export interface WindowedKey {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

export type CaseValue = string | number | null;

/** A record that a step gave; `topic` is there when a case writes to several. */
export interface Emitted {
  readonly topic?: string;
  readonly key: CaseKey;
  readonly value: CaseValue;
  readonly ts: number;
}

export interface CaseStep {
  readonly in?: CaseInput;
  readonly advanceWallClockMs?: number;
  readonly out: readonly Emitted[];
  /** How many records the step dropped; none unless said. */
  readonly dropped?: number;
  /** What the step throws; the case ends there. */
  readonly throws?: string;
}

export interface CaseInput {
  readonly topic: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly ts: number;
}

export interface CaseStore {
  readonly name: string;
  readonly type?: 'kv' | 'versioned';
  /** How long a versioned store keeps what was, in ms. */
  readonly historyRetention?: number;
  /** How long a windowed store keeps a window, in ms. */
  readonly retention?: number;
  /** Whether Kafka Streams' record cache lies above it; ours answers as one without. */
  readonly caching?: boolean;
}

export interface CaseWindow {
  readonly type: 'time' | 'sliding' | 'session' | 'unlimited';
  readonly size?: number;
  readonly advance?: number;
  readonly grace?: number;
  /** How far apart the records of a sliding window may be, in ms. */
  readonly diff?: number;
  /** How long a session lasts without a record, in ms. */
  readonly gap?: number;
  /** Where the unlimited window begins. */
  readonly start?: number;
}

/** One call of the chain: `id` names its result, `src` and `other` name what it is called on and with. */
export interface Statement {
  readonly op: string;
  readonly id?: string;
  readonly src?: string;
  readonly other?: string;
  readonly topic?: string;
  readonly store?: CaseStore;
  /** A predicate, a mapper, a key function or an aggregator, by its name. */
  readonly fn?: string;
  /** What an aggregate begins with. */
  readonly init?: string;
  readonly branches?: readonly { readonly id: string; readonly fn: string }[];
  readonly default?: string;
  readonly window?: CaseWindow;
  readonly emit?: 'update' | 'close';
  /** What an aggregator of a cogroup writes before each value. */
  readonly tag?: string;
  readonly until?: 'timeLimit' | 'windowClose';
  readonly ms?: number;
  readonly maxRecords?: number;
  readonly full?: 'emitEarly' | 'shutDown';
  readonly joiner?: string;
  readonly windows?: { readonly before: number; readonly after: number; readonly grace: number };
  readonly grace?: number;
  /** What a stream's record is looked up by in a global table. */
  readonly key?: string;
  /** How the foreign key is taken from a value. */
  readonly fk?: string;
  readonly kind?: 'stream' | 'wall';
  readonly interval?: number;
  readonly anchor?: number;
}

export interface CaseConfig {
  readonly cache?: boolean;
  readonly topologyOptimization?: 'none' | 'all';
  readonly applicationId?: string;
}

/** A topology, input, and what Kafka Streams answered to it. */
export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly origin?: string;
  readonly verified?: string;
  readonly config: CaseConfig;
  readonly topology: readonly Statement[];
  readonly steps: readonly CaseStep[];
  /** The rows of named stores at the end, in the order of their keys' bytes. */
  readonly stores?: Readonly<Record<string, readonly CaseRow[]>>;
}

export interface CaseRow {
  readonly key: CaseKey;
  readonly value: CaseValue;
  readonly ts: number;
}
