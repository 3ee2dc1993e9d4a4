import type { ProcessorNode } from '@kstreams/core';
import type { StreamRecord } from 'kstreams';
import type { AnyContext, CallWork, Change, GraphNode } from 'kstreams/authors';
import type { Mutant } from './mutant.js';

/** Replaces processors that match a condition. */
const processors =
  (is: (node: ProcessorNode) => boolean, change: (node: ProcessorNode) => ProcessorNode) =>
  (node: GraphNode): GraphNode => {
    if (node.kind !== 'processor' || !is(node)) return node;
    const { resolve } = node;
    if (resolve === undefined) return change(node);
    return { ...change(node), resolve: (requirements) => change(resolve.call(node, requirements)) };
  };

/** Opens a processor with another context. */
const openedWith =
  (context: (given: AnyContext) => AnyContext) =>
  (node: ProcessorNode): ProcessorNode => ({ ...node, open: (given) => node.open(context(given)) });

/** Bugs in nodes, which a replay would repeat; only a check of the results finds them. */
export const steps: readonly Mutant[] = [
  {
    name: 'calls of a key overtake each other',
    guarantee: 'exactly-once',
    node: processors(
      ({ async }) => async?.order === 'key' && async.stateful !== true,
      (node) => ({ ...node, async: { ...(node.async as NonNullable<typeof node.async>), order: 'none' } }),
    ),
  },
  {
    name: 'the results of a batch are swapped',
    guarantee: 'at-least-once',
    node: processors(
      ({ async }) => async?.batch !== undefined,
      openedWith((given) => ({
        ...given,
        calls: (work, done) => given.calls(reversed(work as never) as never, done),
      })),
    ),
  },
  {
    name: 'a session stays after it was merged',
    guarantee: 'exactly-once',
    topology: 'session on-update',
    node: processors(
      ({ operator }) => operator === 'window-aggregate',
      openedWith((given) => ({
        ...given,
        forward: (record: StreamRecord<unknown, Change<unknown>>) => {
          if (record.value.after !== undefined) given.forward(record);
        },
      })),
    ),
  },
  {
    name: 'suppressed windows are emitted with each update',
    guarantee: 'exactly-once',
    node: processors(
      ({ operator }) => operator === 'suppress',
      (node) => ({ ...node, open: ({ forward }) => [forward] }),
    ),
  },
];

const reversed = (work: CallWork<unknown, unknown, unknown>): CallWork<unknown, unknown, unknown> =>
  'one' in work ? work : { many: async (records, call) => (await work.many(records, call)).toReversed() };
