import { isMatching, type P } from 'ts-pattern';
import type { Matcher } from 'ts-pattern/types';
import { checkValue } from '../../graph/check-options.js';
import { option } from '../../graph/option.js';
import type { ChainPosition } from '../chain.js';
import { appendBranches, type Branch, type Branches, type BranchOptions } from './split.js';

/** Patterns of ts-pattern by branch name. */
export type BranchPatterns<V> = { readonly [branch: string]: P.Pattern<V> };

/** The values that a pattern certainly matches; never for a pattern that depends on a predicate. */
type Certain<Pattern> =
  Pattern extends Matcher<infer _Input, infer _Narrowed, infer Kind, infer _Selected, infer Excluded>
    ? Kind extends 'default'
      ? Excluded
      : never
    : Pattern extends object
      ? { readonly [part in keyof Pattern]: Certain<Pattern[part]> }
      : Pattern;

/** The values that no pattern certainly matches. */
export type Unmatched<V, B> = Exclude<V, Certain<B[keyof B]>>;

/** The patterns, if they cover all values or there is a rest; else an error text. */
export type ExhaustivePatterns<V, B, R extends string> = [Unmatched<V, B>] extends [never]
  ? B
  : [R] extends [never]
    ? 'some values may match no pattern: add one for them, or name their branch with { rest }'
    : B;

/** Appends a step that sends each record to the first branch with a matching pattern, or to the rest. */
export const appendMatch = (
  from: ChainPosition,
  patterns: Readonly<Record<string, unknown>>,
  { name, rest }: BranchOptions<string>,
): Branches => {
  checkValue('"patterns" of match', patterns, option.having('an object with a pattern for each branch'));
  const branches = Object.entries(patterns).map(([branch, pattern]): Branch => [branch, matcher(pattern)]);
  return appendBranches(from, 'match', name, branches, rest, (value) => {
    throw new TypeError(`match has no pattern for ${describe(value)}: add one, or name a branch for the { rest }`);
  });
};

const matcher = (pattern: unknown) => isMatching(pattern as P.Pattern<unknown>);

const describe = (value: unknown): string => {
  try {
    return JSON.stringify(value)?.slice(0, 100) ?? String(value);
  } catch {
    // The value is a cycle or a bigint; the text is part of an error.
    return String(value);
  }
};
