import type { AsyncCall, AsyncStage } from '../../graph/async.js';
import type { Context } from '../../graph/context.js';
import type { Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { StoreSpec } from '../../graph/store.js';
import type { KeyValueStore } from '../../state/key-value.js';

/** What is kept for the key of the record in hand. Writes are applied when the call ends well, together with its result. */
export interface KeyState<S> {
  /** What is kept, or `undefined`; what this call has set, if it has. Not to be changed in place. */
  get(): S | undefined;
  set(state: S): void;
  delete(): void;
}

/** What a function that waits and keeps something per key is given beside its record. */
export interface StatefulCall<S> extends AsyncCall {
  readonly state: KeyState<S>;
}

/** What a call came to: its result, and what it would keep, if it said so. */
interface Kept<S, V2> {
  readonly result: V2 | undefined;
  readonly write: { readonly state: S | undefined } | undefined;
}

/**
 * Makes a value of each record by a function that may wait and that reads and writes what is kept for the record's key,
 * one call at a time per key. What it writes is applied when its result is, so that both are committed or neither; an
 * attempt that fails leaves nothing behind. `undefined` hands nothing on. Null keys are dropped.
 */
export const mapAsyncWithStateNode = <K, V, S, V2>(
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
    const enter = context.calls<K, V, Kept<S, V2>>(
      {
        one: ({ key, value }, call) => {
          const state = keyState(rows.get(key));
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
        const timestamp = Math.max(from.timestamp, rows.row(from.key)?.timestamp ?? from.timestamp);
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

/** The state of a key during one attempt: as it was, and as the attempt would have it. */
const keyState = <S>(before: S | undefined): KeyState<S> & { readonly written: Kept<S, never>['write'] } => {
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
