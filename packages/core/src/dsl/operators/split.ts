import type { Context } from '../../graph/context.js';
import type { StreamRecord } from '../../graph/record.js';
import { appendNode } from '../append.js';
import { type Callback, refuseAsync } from '../callback.js';
import type { Named } from '../operator.js';
import { type ChainPosition, stepName } from '../position.js';
import type { AnyStream } from '../stream.js';

/** A branch by its name, with what tells its records. */
export type Branch = readonly [name: string, test: (value: unknown, key: unknown) => boolean];

/**
 * Sends each record to the first branch whose test it passes, or to the rest. Without a rest, a record that passes none
 * goes nowhere.
 */
export const splitAt = (
  from: ChainPosition,
  tests: Readonly<Record<string, Callback>>,
  { name, rest }: Named & { readonly rest?: string },
): Readonly<Record<string, AnyStream>> => {
  for (const [branch, test] of Object.entries(tests)) refuseAsync(`the branch ${branch} of split`, test);
  return branchAt(from, 'split', name, Object.entries(tests) as [string, Branch[1]][], rest);
};

/** Divides a stream into branches. What passes no test goes to the rest, or to `otherwise`. */
export const branchAt = (
  from: ChainPosition,
  operator: string,
  name: string | undefined,
  tests: readonly Branch[],
  rest: string | undefined,
  otherwise: (value: unknown) => void = () => {},
): Readonly<Record<string, AnyStream>> => {
  const { chain } = from;
  const { id } = stepName(chain, operator, name);
  const kept = { stores: [], key: 'kept', value: 'kept', stateless: true } as const;
  const branches: readonly Branch[] = rest === undefined ? tests : [...tests, [rest, () => true]];
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
          otherwise(record.value);
        },
      ];
    },
  });
  const branchOf = (branch: string): AnyStream =>
    chain.stream(
      appendNode(divided, {
        kind: 'processor',
        id: childOf(branch),
        operator: 'branch',
        inputs: [{ by: 'pipeline', from: id }],
        ...kept,
        open: ({ forward }) => [forward],
      }),
    );
  return Object.fromEntries(branches.map(([branch]) => [branch, branchOf(branch)]));
};
