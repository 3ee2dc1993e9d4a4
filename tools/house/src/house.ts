import type { Repository } from './repository.js';
import type { Rule, Violation } from './rule.js';
import { any } from './rules/any.js';
import { arrows } from './rules/arrows.js';
import { clocks } from './rules/clocks.js';
import { cycles } from './rules/cycles.js';
import { docstrings } from './rules/docstrings.js';
import { ignoredErrors } from './rules/ignored-errors.js';
import { manifests } from './rules/manifests.js';
import { names } from './rules/names.js';
import { readmes } from './rules/readmes.js';
import { synchronous } from './rules/synchronous.js';
import { wording } from './rules/wording.js';

const rules: readonly Rule[] = [
  arrows,
  cycles,
  names,
  manifests,
  docstrings,
  synchronous,
  any,
  wording,
  readmes,
  ignoredErrors,
  clocks,
];

/** Checks every rule. Returns the violations with the names of their rules, ordered by file and line. */
export const checkHouse = (repository: Repository): readonly (Violation & { readonly rule: string })[] =>
  rules
    .flatMap(({ name: rule, check }) => check(repository).map((violation) => ({ rule, ...violation })))
    .sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
