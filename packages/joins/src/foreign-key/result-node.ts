import type { AnyJoiner } from '@kstreams/core/dsl';
import {
  type Bytes,
  type Change,
  ConfigError,
  type Context,
  change,
  type Edge,
  equalBytes,
  type NodeId,
  type ProcessorNode,
  record,
  type StoreSpec,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { KeyValueStore } from '@kstreams/core/state';
import type { Answer } from './messages.js';

/** What answers become. */
export interface ResultNode {
  readonly id: NodeId;
  readonly answers: Edge;
  readonly left: NodeId;
  readonly keepsLeft: boolean;
  readonly joiner: AnyJoiner;
  /** The hash of what an answer to a value is for; `undefined` where nobody is asked. */
  readonly hashOf: (value: unknown, key: unknown) => Bytes | undefined;
  /** Where results are kept; undefined where their serde is not known. */
  readonly store: StoreSpec<KeyValueStore<unknown, unknown>> | undefined;
  /** True when they are kept even if nobody asks. */
  readonly kept: boolean;
}

/**
 * Joins answers with the left rows that asked for them. An answer for what the row no longer has is dropped, since the one
 * for what it has now follows. A delete may be forwarded where no result was.
 */
export const resultNode = (node: ResultNode): ProcessorNode => {
  const { id, answers, left, store } = node;
  const settled = (kept: boolean): ProcessorNode => {
    if (kept && store === undefined) {
      throw new ConfigError(
        `${id} needs a serde for the result, which a later step looks up: add { value } to the join`,
      );
    }
    return {
      kind: 'processor',
      id,
      operator: 'foreign-key-join',
      inputs: [answers, { by: 'lookup', from: left }],
      stores: kept && store !== undefined ? [store] : [],
      key: 'kept',
      value: 'changed',
      copartitioned: true,
      open: (context) => [join(context, node, kept ? store : undefined)],
      lookup: (context) => {
        const rows = context.store(store as NonNullable<typeof store>);
        return { get: (key) => rows.row(key) };
      },
    };
  };
  const settle: ProcessorNode['settle'] = ({ before, lookup }) => settled(node.kept || before === true || lookup);
  return { ...settled(node.kept), settle };
};

const join = (
  context: Context<unknown, Change<unknown>>,
  { hashOf, keepsLeft, joiner }: ResultNode,
  store: ResultNode['store'],
) => {
  const lefts = context.lookup<unknown, unknown>(0);
  const rows = store && context.store(store);
  return ({ key, timestamp, headers, value: answer }: StreamRecord<unknown, Answer>) => {
    const left = lefts.get(key);
    if (!sameHash(answer.hash, left && hashOf(left.value, key))) return context.drop('stale-response');
    const isLost = answer.value === undefined && (!keepsLeft || left === undefined);
    const after = isLost ? undefined : (joiner(left?.value, answer.value, key) ?? undefined);
    const before = rows?.get(key);
    if (after === undefined) rows?.delete(key, timestamp);
    else rows?.put(key, after, timestamp);
    context.forward(record(key, change(before, after, rows !== undefined), timestamp, headers));
  };
};

const sameHash = (one: Bytes | undefined, other: Bytes | undefined): boolean =>
  one === undefined || other === undefined ? one === other : equalBytes(one, other);
