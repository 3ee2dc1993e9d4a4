import { isMatching, type P } from 'ts-pattern';
import type { Context } from '../../graph/context.js';
import type { StreamRecord } from '../../graph/record.js';
import { appendNode } from '../append.js';
import type { Named } from '../operator.js';
import { type ChainPosition, stepName } from '../position.js';

/** Branches by their names, each with the pattern of its values. */
export type Patterns<V> = { readonly [branch: string]: P.Pattern<V> };

type Test = (value: unknown, key: unknown) => boolean;

/** Sends each record to the first branch whose test it passes, or to the rest. */
export const splitAt = (
  from: ChainPosition,
  tests: Readonly<Record<string, unknown>>,
  { name, rest }: Named & { readonly rest?: string },
): Readonly<Record<string, ChainPosition>> => {
  const branches = Object.entries(tests) as [string, Test][];
  if (rest !== undefined) branches.push([rest, () => true]);
  return branchAt(from, 'split', name, branches);
};

/** Sends each record to the first branch whose pattern its value matches. */
export const matchAt = (
  from: ChainPosition,
  patterns: Readonly<Record<string, unknown>>,
  { name }: Named,
): Readonly<Record<string, ChainPosition>> =>
  branchAt(
    from,
    'match',
    name,
    Object.entries(patterns).map(([branch, pattern]): [string, Test] => [
      branch,
      isMatching(pattern as P.Pattern<unknown>),
    ]),
  );

const branchAt = (
  from: ChainPosition,
  operator: string,
  name: string | undefined,
  branches: readonly [string, Test][],
) => {
  const { id } = stepName(from.chain, operator, name);
  const kept = { stores: [], key: 'kept', value: 'kept' } as const;
  const childOf = (branch: string): string => `${id}-${branch}`;
  const divided = appendNode(from, {
    kind: 'processor',
    id,
    operator,
    inputs: [{ by: 'pipeline', from: from.node }],
    ...kept,
    open: (context: Context<unknown, unknown>) => {
      const ways = branches.map(([branch, test]) => [test, context.child(childOf(branch))] as const);
      return [
        (record: StreamRecord<unknown, unknown>) => {
          for (const [test, way] of ways) if (test(record.value, record.key)) return way(record);
        },
      ];
    },
  });
  return Object.fromEntries(
    branches.map(([branch]) => [
      branch,
      appendNode(divided, {
        kind: 'processor',
        id: childOf(branch),
        operator: 'branch',
        inputs: [{ by: 'pipeline', from: id }],
        ...kept,
        open: ({ forward }) => [forward],
      }),
    ]),
  );
};
