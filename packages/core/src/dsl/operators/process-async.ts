import type { AsyncCall, AsyncStage } from '../../graph/async-stage.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { type OptionChecks, option } from '../../graph/option.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import type { StoreSpec } from '../../graph/store.js';
import { ttlCheck } from '../../graph/ttl.js';
import { type KeyValueStore, keyValue } from '../../state/key-value.js';
import { appendNode } from '../append.js';
import { type ChainPosition, keyedEdge, resultSerde, serdeOf, stepName } from '../chain.js';
import type { ExpiryOptions, ValueOptions } from '../options.js';
import { type AsyncOptions, asyncStage, unorderedChecks } from './async-options.js';

/** The state of one key during a call. Writes are applied together with the call's result. */
export interface KeyState<S> {
  /** Returns the state this call has set, else the stored one; `undefined` for none. Do not change it in place. */
  get(): S | undefined;
  /** Replaces the state. */
  set(state: S): void;
  /** Deletes the state. */
  delete(): void;
}

/** The call of an async function with state: its attempt, its abort signal and the state of the record's key. */
export interface StatefulCall<S> extends AsyncCall {
  readonly state: KeyState<S>;
}

/** The options of `processAsync`. It has no `order`: calls of one key never overlap. */
export interface ProcessAsyncOptions<S> extends Omit<AsyncOptions, 'order'>, ExpiryOptions {
  /** The serde of the state; the application's default for values unless set. */
  readonly state?: Serde<S>;
}

/** The checks of {@link ProcessAsyncOptions}. */
export const processAsyncChecks: OptionChecks<ProcessAsyncOptions<unknown> & ValueOptions<unknown>> = {
  ...unorderedChecks,
  state: option.serde,
  ttl: ttlCheck,
  value: option.serde,
};

/** Appends an async step with state per key, behind a repartition topic if keys were changed. */
export const appendProcessAsync = <K, V, S, V2>(
  from: ChainPosition,
  to: (value: V, key: K, call: StatefulCall<S>) => PromiseLike<V2 | undefined>,
  options: ProcessAsyncOptions<S> & ValueOptions<V2>,
): ChainPosition => {
  const { id, named } = stepName(from.chain, 'process-async', options.name);
  const key = serdeOf(from, 'key', id) as Serde<K>;
  const state = resultSerde(from.chain, options.state, 'value', id, 'state') as Serde<S>;
  const store = keyValue(id, { key, value: state, named, ttl: options.ttl });
  const node = processAsyncNode(id, keyedEdge(from, id, named), store, asyncStage(id, key, options), to);
  const value = options.value === undefined ? { changedBy: id } : { serde: options.value };
  return appendNode(from, node, { value, partitioned: true });
};

/** The result of a call, and its write if it made one. */
interface Completed<S, V2> {
  readonly result: V2 | undefined;
  readonly write: { readonly state: S | undefined } | undefined;
}

/**
 * Maps each value with an async function that reads and writes the state of the record's key, one call at a time per key.
 * The write is applied with the result, so both are committed or neither; a failed attempt writes nothing. An `undefined`
 * result is not forwarded. Null keys are dropped.
 */
const processAsyncNode = <K, V, S, V2>(
  id: NodeId,
  edge: Edge,
  spec: StoreSpec<KeyValueStore<K, S>>,
  async: AsyncStage,
  to: (value: V, key: K, call: StatefulCall<S>) => PromiseLike<V2 | undefined>,
): ProcessorNode => ({
  kind: 'processor',
  id,
  operator: 'process-async',
  inputs: [edge],
  stores: [spec],
  key: 'kept',
  value: 'changed',
  async: { ...async, stateful: true },
  open: (context: Context<K, V2>) => {
    const rows = context.store(spec);
    const enter = context.calls<K, V, Completed<S, V2>>(
      {
        one: ({ key, value }, call) => {
          const state = keyState(rows.getMutable(key));
          const stateful = {
            attempt: call.attempt,
            get signal() {
              return call.signal;
            },
            state,
          };
          return to(value, key, stateful).then((result) => ({ result, write: state.written }));
        },
      },
      (from, { result, write }) => {
        const timestamp = Math.max(from.timestamp, rows.timestamp(from.key) ?? from.timestamp);
        if (write?.state === undefined) {
          if (write !== undefined) rows.delete(from.key, timestamp);
        } else {
          rows.put(from.key, write.state, timestamp);
        }
        if (result !== undefined) context.forward(withValue(from, result));
      },
    );
    return [
      (from: StreamRecord<K | null, V>) => {
        if (from.key === null || from.key === undefined) context.drop('null-key');
        else enter(from as StreamRecord<K, V>);
      },
    ];
  },
});

/** Creates the state of a key for one attempt; `written` is the attempt's write. */
const keyState = <S>(before: S | undefined): KeyState<S> & { readonly written: Completed<S, never>['write'] } => {
  let written: { readonly state: S | undefined } | undefined;
  return {
    get: () => (written === undefined ? before : written.state),
    set: (state) => {
      written = { state };
    },
    delete: () => {
      written = { state: undefined };
    },
    get written() {
      return written;
    },
  };
};
