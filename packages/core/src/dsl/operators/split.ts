import { checkFunctions, checkValue } from '../../graph/check-options.js';
import type { Context } from '../../graph/context.js';
import { type OptionChecks, option } from '../../graph/option.js';
import type { StreamRecord } from '../../graph/record.js';
import { type Callback, refuseAsync } from '../../graph/synchronous.js';
import { appendNode } from '../append.js';
import { passed } from '../callback.js';
import { type ChainPosition, stepName } from '../chain.js';
import { type Named, namedChecks } from '../options.js';

/** The positions behind a split, by branch. */
export type Branches = Readonly<Record<string, ChainPosition>>;

/** The name and test of a branch. */
export type Branch = readonly [name: string, test: (value: unknown, key: unknown) => boolean];

/** The options of `split` and `match`. */
export interface BranchOptions<R extends string> extends Named {
  /** The branch of the records that no other takes; they are left out by `split` and refused by `match` unless set. */
  readonly rest?: R;
}

/** The checks of {@link BranchOptions}. */
export const branchChecks: OptionChecks<BranchOptions<string>> = { ...namedChecks, rest: option.text };

/** Appends a step that sends each record to the first branch with a passing test; without `rest`, others are left out. */
export const appendSplit = (
  from: ChainPosition,
  tests: Readonly<Record<string, Callback>>,
  { name, rest }: BranchOptions<string>,
): Branches => {
  checkValue('"tests" of split', tests, option.having('an object with a function for each branch'));
  checkFunctions('split', tests);
  for (const [branch, test] of Object.entries(tests)) refuseAsync(`the branch ${branch} of split`, test);
  const checked = Object.entries(tests).map(([branch, test]): Branch => {
    const call = test as (value: unknown, key: unknown) => boolean;
    return [branch, (value, key) => passed(call(value, key), `the branch ${branch} of split`)];
  });
  return appendBranches(from, 'split', name, checked, rest);
};

/** Appends a step with a node per branch. A record that passes no test goes to the rest, or to `otherwise`. */
export const appendBranches = (
  from: ChainPosition,
  operator: string,
  name: string | undefined,
  tests: readonly Branch[],
  rest: string | undefined,
  otherwise: (value: unknown) => void = () => {},
): Branches => {
  const { id } = stepName(from.chain, operator, name);
  const unchanged = { stores: [], key: 'kept', value: 'kept', stateless: true, keyLocal: true } as const;
  const branches: readonly Branch[] = rest === undefined ? tests : [...tests, [rest, () => true]];
  const childOf = (branch: string): string => `${id}-${branch}`;
  const split = appendNode(from, {
    kind: 'processor',
    id,
    operator,
    inputs: [{ by: 'pipeline', from: from.node }],
    ...unchanged,
    open: (context: Context<unknown, unknown>) => {
      const outputs = branches.map(([branch, test]) => [test, context.child(childOf(branch))] as const);
      return [
        (record: StreamRecord<unknown, unknown>) => {
          for (const [test, forward] of outputs) if (test(record.value, record.key)) return forward(record);
          otherwise(record.value);
        },
      ];
    },
  });
  const appendBranch = (branch: string): ChainPosition =>
    appendNode(split, {
      kind: 'processor',
      id: childOf(branch),
      operator: 'branch',
      inputs: [{ by: 'pipeline', from: id }],
      ...unchanged,
      open: ({ forward }) => [forward],
    });
  return Object.fromEntries(branches.map(([branch]) => [branch, appendBranch(branch)]));
};
