import type { Repository } from './repository.js';

/** One place that breaks a rule: the problem, and the way to mend it. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly what: string;
  readonly mend: string;
}

/** One rule of the house, checked over all files at once. */
export interface Rule {
  readonly name: string;
  readonly check: (repository: Repository) => readonly Violation[];
}
