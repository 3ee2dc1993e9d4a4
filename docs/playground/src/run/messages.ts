/** What the page and the worker that runs a snippet say to each other: plain data only. */
import type { DescribedTopology } from 'kstreams/authors';

/** A value as the page shows it: its text, and the data in it for charts and tables. */
export interface Shown {
  readonly text: string;
  readonly data: unknown;
}

/** A record as the page shows it. */
export interface ShownRecord {
  readonly key: Shown;
  readonly value: Shown;
  readonly timestamp: number;
}

/** A record that went from one node to another. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly record: ShownRecord;
}

/** A row that was written; `after` is undefined for a delete. */
export interface RowWrite {
  readonly store: string;
  readonly key: Shown;
  readonly before: Shown | undefined;
  readonly after: Shown | undefined;
}

/** A row that was looked up, as it was found. */
export interface RowRead {
  readonly store: string;
  readonly key: Shown;
  readonly found: Shown | undefined;
}

/** A record that was written to a topic. */
export interface Output extends ShownRecord {
  readonly topic: string;
}

/** A record that a node left out, and why. */
export interface Drop {
  readonly node: string;
  readonly reason: string;
}

/** What happened because of one input, or of one move of the wall clock. */
export interface Step {
  readonly cause:
    | { readonly kind: 'record'; readonly topic: string; readonly record: ShownRecord }
    | { readonly kind: 'clock'; readonly now: number };
  readonly flows: readonly Flow[];
  readonly writes: readonly RowWrite[];
  readonly reads: readonly RowRead[];
  readonly outputs: readonly Output[];
  readonly drops: readonly Drop[];
}

/** A topic that the topology reads and the page may fill. */
export interface SourceTopic {
  readonly name: string;
  /** The names of its serdes. */
  readonly key: string;
  readonly value: string;
}

/** Something that went wrong, with where. */
export interface Trouble {
  readonly message: string;
  /** The line of the snippet, from 1. */
  readonly line?: number;
  readonly node?: string;
}

/** A record to be put in. */
export interface InputRecord {
  readonly topic: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
}

/** What the page asks of the worker. */
export type Request =
  | { readonly kind: 'run'; readonly id: number; readonly code: string; readonly input: InputPlan }
  | { readonly kind: 'ping' };

/** How each topic is filled; topics that are not named get what suits them. */
export type InputPlan = Readonly<Record<string, InputChoice>>;

/** Where the records of a topic come from. */
export type InputChoice =
  | { readonly kind: 'data'; readonly set: DataSet; readonly count: number }
  | { readonly kind: 'table'; readonly rows: readonly TableRow[] }
  | { readonly kind: 'generator'; readonly generator: Generator };

export type DataSet = 'flights' | 'airports' | 'earthquakes' | 'stocks' | 'words';

/** A row of a table that is edited by hand: key and value are JSON, or text as it stands; the time is in ms, or a date. */
export interface TableRow {
  readonly key: string;
  readonly value: string;
  readonly time: string;
}

/** How records are made up. */
export interface Generator {
  readonly shape: unknown;
  readonly keys: number;
  readonly count: number;
  /** Records in a second of event time. */
  readonly rate: number;
  /** The share of records that come after a younger one, from 0 to 1. */
  readonly outOfOrder: number;
  /** The share of records that come much later than their time, from 0 to 1. */
  readonly late: number;
  readonly seed: number;
}

/** What the worker tells the page. */
export type Reply =
  | { readonly kind: 'pong' }
  | {
      readonly kind: 'topology';
      readonly id: number;
      readonly topology: DescribedTopology;
      readonly lines: Readonly<Record<string, number>>;
      readonly sources: readonly SourceTopic[];
      readonly driven: boolean;
      readonly input: InputPlan;
    }
  | { readonly kind: 'steps'; readonly id: number; readonly steps: readonly Step[] }
  | { readonly kind: 'log'; readonly id: number; readonly text: string; readonly step: number }
  | { readonly kind: 'trouble'; readonly id: number; readonly trouble: Trouble }
  | { readonly kind: 'done'; readonly id: number; readonly milliseconds: number };
