/** Messages between the page and the worker that runs a snippet: plain data only. */
import type { DescribedTopology } from 'kstreams/authors';
import type { Shape } from '../input/shape.js';

/** A value for display: its text, and its data for charts and tables. */
export interface DisplayValue {
  readonly text: string;
  readonly data: unknown;
}

/** A record for display. */
export interface DisplayRecord {
  readonly key: DisplayValue;
  readonly value: DisplayValue;
  readonly timestamp: number;
}

/** A flow by the number of its step, from 1, and its index in that step; −1 for the record that led to the step. */
export interface FlowPlace {
  readonly step: number;
  readonly flow: number;
}

/** A record forwarded from one node to another. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly record: DisplayRecord;
  /** The flow that it follows from; absent at a source, and where a node forwards without a record, such as a timer. */
  readonly parent?: FlowPlace;
}

/** A write to a store; `after` is undefined for a delete. */
export interface RowWrite {
  readonly store: string;
  readonly node: string;
  readonly key: DisplayValue;
  readonly before: DisplayValue | undefined;
  readonly after: DisplayValue | undefined;
}

/** A read of a store; `found` is undefined if there was no row. */
export interface RowRead {
  readonly store: string;
  readonly node: string;
  readonly key: DisplayValue;
  readonly found: DisplayValue | undefined;
}

/** A record written to a topic. */
export interface Output extends DisplayRecord {
  readonly topic: string;
  /** The index of the flow into the topic, in the step. */
  readonly flow: number;
}

/** A record that a node dropped, with the reason. */
export interface Drop {
  readonly node: string;
  readonly reason: string;
}

/** The effects of one input record, of one advance of the wall clock, or of later work of an earlier step. */
export interface Step {
  readonly cause:
    | { readonly kind: 'record'; readonly topic: string; readonly record: DisplayRecord }
    | { readonly kind: 'clock'; readonly now: number }
    /** `of` is the number of the earlier step, from 1; `node` is the async step of a result, or a source. */
    | { readonly kind: 'later'; readonly of: number; readonly node: string };
  readonly flows: readonly Flow[];
  readonly writes: readonly RowWrite[];
  readonly reads: readonly RowRead[];
  readonly outputs: readonly Output[];
  readonly drops: readonly Drop[];
}

/** A line that the snippet printed, with the number of steps so far. */
export interface Line {
  readonly text: string;
  readonly step: number;
}

/** A topic that the topology reads and the page can fill. */
export interface SourceTopic {
  readonly name: string;
  /** The names of its serdes. */
  readonly key: string;
  readonly value: string;
}

/** An error of a snippet, with its place. */
export interface SnippetError {
  readonly message: string;
  /** The line of the snippet, from 1. */
  readonly line?: number;
  readonly node?: string;
}

/** An input record. */
export interface InputRecord {
  readonly topic: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp: number;
}

/** A message from the page to the worker. */
export type Request =
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly code: string;
      readonly input: InputPlan;
      readonly shapes: Shapes;
      readonly clock: ClockPlan;
    }
  | { readonly kind: 'ping' };

/** Input of each topic by name; other topics get a default. */
export type InputPlan = Readonly<Record<string, InputChoice>>;

/** Shapes of the values of topics, by topic name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** The wall clock of a run with generated input. */
export interface ClockPlan {
  /** True when it moves to the time at which each record arrives. */
  readonly follows: boolean;
  /** Its advance after the last record, in s. */
  readonly after: number;
}

/** Source of a topic's records. */
export type InputChoice =
  | { readonly kind: 'data'; readonly set: DataSet; readonly count: number }
  | { readonly kind: 'table'; readonly rows: readonly TableRow[] }
  | { readonly kind: 'generator'; readonly generator: Generator };

export type DataSet = 'flights' | 'airports' | 'earthquakes' | 'stocks' | 'words';

/** A row of the input table. Key and value are JSON or plain text; the time is in ms or a date. */
export interface TableRow {
  readonly key: string;
  readonly value: string;
  readonly time: string;
}

/** Options of generated records. */
export interface Generator {
  readonly shape: unknown;
  readonly keys: number;
  readonly count: number;
  /** Records per second of event time. */
  readonly rate: number;
  /** Share of records that arrive after a newer one, from 0 to 1. */
  readonly outOfOrder: number;
  /** Share of records that arrive much later than their timestamp, from 0 to 1. */
  readonly late: number;
  readonly seed: number;
}

/** A message from the worker to the page. */
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
  | { readonly kind: 'log'; readonly id: number; readonly lines: readonly Line[] }
  | { readonly kind: 'trouble'; readonly id: number; readonly trouble: SnippetError }
  | { readonly kind: 'done'; readonly id: number; readonly milliseconds: number };
