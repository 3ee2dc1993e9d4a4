/** The responses of the inspector, for its page. */
import type { DescribedTopology } from '@kstreams/core/graph';
import type { AppState, TaskHealth } from '@kstreams/runtime';

/** The response of `GET /api/application`. */
export interface ApplicationBody {
  readonly name: string;
  readonly topology: DescribedTopology;
  /** True when stores, records and dead letters are served. */
  readonly records: boolean;
}

/** A metric of a process. The buckets of a histogram are not cumulative. */
export interface MetricBody {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly value: number | HistogramBody;
}

/** The values of a histogram since the start. */
export interface HistogramBody {
  readonly count: number;
  readonly sum: number;
  /** The limits of the buckets, ascending; the last bucket is beyond them. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** The records that a process forwarded along an edge while it was watched. */
export interface EdgeCount {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** The edges of a process while they are watched. */
export interface EdgeCounts {
  /** The number of the watch; counts of two watches cannot be compared. */
  readonly watch: number;
  readonly edges: readonly EdgeCount[];
}

/** A process of the application. */
export interface ProcessBody {
  /** The id of the process. */
  readonly instance: string;
  readonly endpoint: string | undefined;
  readonly state: AppState;
  readonly live: boolean;
  readonly ready: boolean;
  /** The monotonic time of the report in its process, in ms. */
  readonly at: number;
  readonly tasks: readonly TaskHealth[];
  /** The ids of tasks with stores that are being restored. */
  readonly opening: readonly string[];
  readonly drops: readonly { readonly node: string; readonly reason: string; readonly count: number }[];
  readonly metrics: readonly MetricBody[];
  readonly edges: EdgeCounts;
}

/** A process that gave no response. */
export interface MissingProcess {
  readonly instance: string;
  readonly endpoint: string | undefined;
  /** The reason, as a sentence. */
  readonly reason: string;
}

/** The responses of the processes, and those that gave none. */
export interface Gathered<T> {
  readonly processes: readonly T[];
  readonly missing: readonly MissingProcess[];
}

/** A sampled record, in typed JSON. */
export interface SampledRecord {
  /** The number of records that were seen up to this one. */
  readonly number: number;
  readonly key: unknown;
  /** Absent for a deleted row. */
  readonly value?: unknown;
  /** In ms. */
  readonly timestamp?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** More about the record, by name. */
  readonly details: Readonly<Record<string, string>>;
}

/** The latest sampled records of one place in one process. */
export interface TailBody {
  /** The number of records since the tail began. */
  readonly seen: number;
  /** The oldest first. */
  readonly records: readonly SampledRecord[];
}

/** The records of a process. */
export interface ProcessTail extends TailBody {
  /** The id of the process. */
  readonly instance: string;
}

/** An event of a process. */
export interface EventBody {
  /** Ascending, from 1. */
  readonly number: number;
  /** The instant at which it was received, in ms. */
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  /** True for an event to look at. */
  readonly severe: boolean;
  /** The partition of a store whose restore began or ended. */
  readonly restore?: string;
}

/** The latest events of a process, and its commits. */
export interface TimelineBody {
  /** The instant of the response, in ms. */
  readonly now: number;
  /** The oldest first. */
  readonly events: readonly EventBody[];
  /** The number of commits by second since 1970. */
  readonly commits: readonly (readonly [second: number, count: number])[];
}

/** The events of a process. */
export interface ProcessTimeline extends TimelineBody {
  /** The id of the process. */
  readonly instance: string;
  readonly endpoint: string | undefined;
}

/** The options of a process, without secrets. */
export interface ProcessConfiguration {
  /** The id of the process. */
  readonly instance: string;
  readonly endpoint: string | undefined;
  readonly options: unknown;
}

/** The position of a dead letter. */
export interface LetterPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A dead letter. */
export interface LetterBody extends LetterPosition {
  /** In ms. */
  readonly timestamp: number;
  /** The JSON or the text of the key, else its bytes. */
  readonly key: unknown;
  readonly value: unknown;
  readonly exception: string | undefined;
  readonly message: string | undefined;
  /** The position of the record that failed. */
  readonly source: LetterPosition | undefined;
  /** True when the record was too large to be in its letter. */
  readonly omitted: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The response of `GET /api/dead-letters`. */
export interface LettersBody {
  /** The declared dead-letter topics. */
  readonly topics: readonly string[];
  /** The newest first. */
  readonly letters: readonly LetterBody[];
  /** True when letters may be replayed. */
  readonly replay: boolean;
}

/** The response of `POST /api/replay`. */
export interface ReplayBody {
  readonly replayed: number;
  readonly refused: readonly { readonly letter: LetterPosition; readonly reason: string }[];
}
