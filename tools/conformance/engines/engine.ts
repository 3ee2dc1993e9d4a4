import type { CaseRow, CaseStep, Emitted } from '../case.js';

/** Runs the topology of a case: a driver, or an application on a log. */
export interface Engine {
  /** Feeds a step; resolves when all that follows from it is done, rejects with what it throws. */
  feed(step: CaseStep): Promise<void>;
  /** What was written to the outputs since the last time, in order per topic. */
  read(): Promise<readonly Required<Emitted>[]>;
  /** How many records were dropped so far. */
  readonly dropped: number;
  /** The rows of a store by its name, in the order of their keys' bytes. */
  rows(store: string): Promise<readonly CaseRow[]>;
  close(): Promise<void>;
}
