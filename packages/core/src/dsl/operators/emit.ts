import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import type { Demand, Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { AnySerde } from '../../graph/serde.js';
import { timers } from '../../state/timers.js';
import { type Held, heldSerde } from '../held-serde.js';

/** How many keys may wait; the updates of further ones go on at once, so that memory stays bounded. */
const heldLimit = 10_000;

/**
 * Holds back what a table hands on, so that of several updates of a key only the last goes on: before the next commit, or
 * `every` so many ms after the first of them. It goes from the value as of the last emission to the newest; a row that
 * came and went meanwhile is not told of where that is known. Updates of what a row was once go on at once.
 *
 * What waits are timers: before a commit all of them fire, so that none outlives it; others are rows, which outlive a
 * restart. They fire in the order in which they come due, then of the keys' bytes.
 */
export const emitNode = (
  table: NodeId,
  { key, value }: { readonly key: AnySerde; readonly value: AnySerde },
  every: number | undefined,
  named: boolean,
): ProcessorNode => {
  const onCommit = every === undefined;
  const held = timers<unknown, Held<unknown>>(`${table}-held`, {
    key,
    value: heldSerde(value),
    clock: onCommit ? 'commit' : 'wall',
    named: named || onCommit,
  });
  const settled = ({ before, lookup }: Demand): ProcessorNode => {
    const input: Edge = { by: 'pipeline', from: table, before };
    return {
      kind: 'processor',
      id: `${table}-emit`,
      operator: 'emit',
      inputs: lookup ? [input, { by: 'lookup', from: table }] : [input],
      stores: [held],
      key: 'kept',
      value: 'kept',
      open: (context: Context<unknown, Change<unknown>>) => {
        const waiting = context.timers(held, (key, _, { change, headers, timestamp }) =>
          context.forward(record(key, change, timestamp, headers)),
        );
        return [
          (from: StreamRecord<unknown, Change<unknown>>) => {
            const { headers, key, timestamp, value } = from;
            if (!value.latest) return context.forward(from);
            const first = waiting.get(key);
            if (first === undefined && waiting.size >= heldLimit) return context.forward(from);
            const { before, known } = first?.value.change ?? value;
            if (known && before === undefined && value.after === undefined) return waiting.cancel(key);
            const at = first?.at ?? (onCommit ? 0 : context.time.wall + every);
            waiting.set(key, at, { change: change(before, value.after, known), headers, timestamp });
          },
        ];
      },
      lookup: (context) => context.lookup(0),
    };
  };
  return { ...settled({ before: false, lookup: false }), settle: settled };
};
