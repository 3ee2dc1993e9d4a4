import { isMatching, type P } from 'ts-pattern';
import type { Matcher } from 'ts-pattern/types';
import type { Named } from '../operator.js';
import type { ChainPosition } from '../position.js';
import type { AnyStream, Stream } from '../stream.js';
import { type Branch, branchAt } from './split.js';

/** Branches by their names, each with the pattern of its values. */
export type Patterns<V> = { readonly [branch: string]: P.Pattern<V> };

/** The values that a pattern matches without fail; a pattern that only may match has none. */
type Certain<Pattern> =
  Pattern extends Matcher<infer _Input, infer _Narrowed, infer Kind, infer _Selected, infer Excluded>
    ? Kind extends 'default'
      ? Excluded
      : never
    : Pattern extends object
      ? { readonly [part in keyof Pattern]: Certain<Pattern[part]> }
      : Pattern;

/** The values that no pattern is sure to match. */
type Unmatched<V, B> = Exclude<V, Certain<B[keyof B]>>;

/** Patterns that cover all values, or that a rest goes with. */
export type Covering<V, B, R extends string> = [Unmatched<V, B>] extends [never]
  ? B
  : [R] extends [never]
    ? 'some values may match no pattern: add one for them, or name their branch with { rest }'
    : B;

/** A stream for each pattern, narrowed to it, and for the rest. */
export type Matched<K, V, B, R extends string> = {
  readonly [branch in keyof B]: Stream<K, P.narrow<V, B[branch]>>;
} & { readonly [branch in R]: Stream<K, Unmatched<V, B>> };

/** Sends each record to the first branch whose pattern its value matches, or to the rest. */
export const matchAt = (
  from: ChainPosition,
  patterns: Readonly<Record<string, unknown>>,
  { name, rest }: Named & { readonly rest?: string },
): Readonly<Record<string, AnyStream>> => {
  const branches = Object.entries(patterns).map(([branch, pattern]): Branch => [branch, matcher(pattern)]);
  return branchAt(from, 'match', name, branches, rest, (value) => {
    throw new TypeError(`match has no pattern for ${describe(value)}: add one, or name a branch for the { rest }`);
  });
};

const matcher = (pattern: unknown) => isMatching(pattern as P.Pattern<unknown>);

const describe = (value: unknown): string => {
  try {
    return JSON.stringify(value)?.slice(0, 100) ?? String(value);
  } catch {
    return String(value);
  }
};
