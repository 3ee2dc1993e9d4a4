import type { Source } from './source.js';

/** One place that leaves a rule: what is wrong there, and what to do about it. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly what: string;
  readonly mend: string;
}

/** One rule of the house, checked over all files at once. */
export interface Rule {
  readonly name: string;
  readonly check: (sources: readonly Source[]) => readonly Violation[];
}
