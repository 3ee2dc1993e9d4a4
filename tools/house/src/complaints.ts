import { repositoryOf } from './repository.js';
import type { Rule } from './rule.js';

/** The complaints of a rule about files, given as text by path, as `file:line what`. */
export const complaints = (rule: Rule, files: Readonly<Record<string, string>>): readonly string[] =>
  rule.check(repositoryOf(files)).map(({ path, line, what }) => `${path}:${line} ${what}`);
