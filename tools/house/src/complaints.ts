import type { Rule } from './rule.js';
import { parseSource } from './source.js';

/** What a rule says of some files, given as text by path: `file:line what`. */
export const complaints = (rule: Rule, files: Readonly<Record<string, string>>): readonly string[] =>
  rule
    .check(Object.entries(files).map(([path, text]) => parseSource(path, text)))
    .map(({ path, line, what }) => `${path}:${line} ${what}`);
