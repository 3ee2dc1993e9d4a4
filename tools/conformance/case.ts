/** The language of the vectors, as the `doc` member of each file defines it: statements, steps and expected results. */

/** A key: text, Kafka's null, or the key of a window; `end` as in Kafka Streams. */
export type CaseKey = string | null | WindowedKey;

export interface WindowedKey {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

export type CaseValue = string | number | null;

/** An output record; `topic` is present if a case writes to several. */
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
  /** The number of dropped records; 0 by default. */
  readonly dropped?: number;
  /** The error of the step, which ends the case. */
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
  /** The history retention of a versioned store, in ms. */
  readonly historyRetention?: number;
  /** The retention of a windowed store, in ms. */
  readonly retention?: number;
  /** True if Kafka Streams has its record cache above the store; ours emits as one without. */
  readonly caching?: boolean;
}

export interface CaseWindow {
  readonly type: 'time' | 'sliding' | 'session' | 'unlimited';
  readonly size?: number;
  readonly advance?: number;
  readonly grace?: number;
  /** The greatest distance of records in a sliding window, in ms. */
  readonly diff?: number;
  /** The inactivity gap of a session, in ms. */
  readonly gap?: number;
  /** The start of the unlimited window. */
  readonly start?: number;
}

/** One call of the chain: `id` names its result, `src` and `other` its receiver and its argument. */
export interface Statement {
  readonly op: string;
  readonly id?: string;
  readonly src?: string;
  readonly other?: string;
  readonly topic?: string;
  readonly store?: CaseStore;
  /** A predicate, a mapper, a key function or an aggregator, by its name. */
  readonly fn?: string;
  /** The initial aggregate. */
  readonly init?: string;
  readonly branches?: readonly { readonly id: string; readonly fn: string }[];
  readonly default?: string;
  readonly window?: CaseWindow;
  readonly emit?: 'update' | 'close';
  /** The prefix that an aggregator of a cogroup writes before each value. */
  readonly tag?: string;
  readonly until?: 'timeLimit' | 'windowClose';
  readonly ms?: number;
  readonly maxRecords?: number;
  readonly full?: 'emitEarly' | 'shutDown';
  readonly joiner?: string;
  readonly windows?: { readonly before: number; readonly after: number; readonly grace: number };
  readonly grace?: number;
  /** The lookup key of a stream's record in a global table. */
  readonly key?: string;
  /** The function that extracts the foreign key from a value. */
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

/** A topology, input, and the output of Kafka Streams. */
export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly origin?: string;
  readonly verified?: string;
  readonly config: CaseConfig;
  readonly topology: readonly Statement[];
  readonly steps: readonly CaseStep[];
  /** The rows of named stores at the end, in the byte order of their keys. */
  readonly stores?: Readonly<Record<string, readonly CaseRow[]>>;
}

export interface CaseRow {
  readonly key: CaseKey;
  readonly value: CaseValue;
  readonly ts: number;
}
