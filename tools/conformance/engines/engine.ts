import type { DropReason } from 'kstreams/authors';
import type { CaseRow, CaseStep, Emitted } from '../case.js';

/** The reasons of records that Kafka Streams drops without counting them. */
export const uncounted: readonly DropReason[] = ['null-repartition-key', 'window-expired'];

/** Runs the topology of a case: a driver, or an application on a log. */
export interface Engine {
  /** Feeds a step. Resolves when its results are complete; rejects with the error of the step. */
  feed(step: CaseStep): Promise<void>;
  /** Returns the new output, in order per topic. */
  read(): Promise<readonly Required<Emitted>[]>;
  /** True when only the records of one key are in order: those that wait for rows are overtaken by other keys. */
  readonly ordersByKey?: boolean;
  /** The number of dropped records so far, without the {@link uncounted}. */
  readonly dropped: number;
  /** Returns the rows of a store, in the byte order of their keys. */
  rows(store: string): Promise<readonly CaseRow[]>;
  close(): Promise<void>;
}
