import {
  type AnySerde,
  type Bytes,
  type Change,
  type Context,
  type NodeId,
  type ProcessorNode,
  record,
  type StreamRecord,
} from '@kstreams/core/graph';
import { keyIds } from '@kstreams/core/state';
import type { Instruction, Request } from './messages.js';

/** What the rows of the left table are asked by. */
export interface RequestNode {
  readonly id: NodeId;
  readonly left: NodeId;
  readonly keepsLeft: boolean;
  readonly keyOf: (value: unknown, key: unknown) => unknown;
  readonly foreignKey: AnySerde;
  readonly leftKey: AnySerde;
  /** The hash of what an answer to a value is for; `undefined` where nobody is asked. */
  readonly hashOf: (value: unknown, key: unknown) => Bytes | undefined;
  /** True when answers are for the foreign key. */
  readonly forKey: boolean;
}

/**
 * Turns each change of the left table into requests, under the foreign key: no longer from the row of the old one, and an
 * answer from that of the new one. Foreign keys are told apart by their bytes.
 *
 * A row whose foreign key is null has no result; a left join asks nobody, and is answered nonetheless.
 */
export const requestNode = ({ id, left, forKey, hashOf, keepsLeft, keyOf, ...serdes }: RequestNode): ProcessorNode => ({
  kind: 'processor',
  id,
  operator: 'foreign-key-request',
  inputs: [{ by: 'pipeline', from: left, before: true }],
  stores: [],
  key: 'changed',
  value: 'changed',
  open: (context: Context<unknown, Request>) => {
    const idOf = keyIds(serdes.foreignKey);
    const at = { topic: id, headers: [] };
    return [
      ({ key, timestamp, headers, value: { before, after, latest } }: StreamRecord<unknown, Change<unknown>>) => {
        if (!latest) return context.drop('out-of-order');
        if (before === undefined && after === undefined) return;
        const [from, to] = [before, after].map((value) =>
          value === undefined ? undefined : (keyOf(value, key) ?? undefined),
        );
        const hash = after === undefined ? undefined : hashOf(after, key);
        const primary = serdes.leftKey.encode(key, at);
        const { partition } = context.task;
        const ask = (foreign: unknown, instruction: Instruction): void =>
          context.forward(record(foreign ?? null, { instruction, hash, primary, partition }, timestamp, headers));
        const moved = from !== undefined && (to === undefined || idOf(from) !== idOf(to));
        if (keepsLeft) {
          if (moved) ask(from, 'leave-silently');
          ask(to, 'answer-always');
        } else if (to === undefined) {
          if (after !== undefined) context.drop('null-foreign-key');
          if (from !== undefined) ask(from, 'leave');
        } else {
          if (moved) ask(from, 'leave-silently');
          ask(to, moved || (forKey && from === undefined) ? 'answer-always' : 'answer-if-there');
        }
      },
    ];
  },
});
