import type { AsyncCall, AsyncStage, CallWork } from '../graph/async.js';
import type { Process } from '../graph/processor.js';
import { type StreamRecord, withValue } from '../graph/record.js';
import type { Serde } from '../graph/serde.js';
import { given } from './callback.js';
import type { Operator } from './operator.js';

/** What an async step is, beside what it calls. */
export interface AsyncStep<V2> {
  readonly name: string;
  readonly value: 'kept' | 'changed';
  /** How the values are written that it makes. */
  readonly serde?: Serde<V2> | undefined;
  readonly async: AsyncStage;
}

/** What a step does with a result, in a later turn: hands on what it makes of it. */
export type GoOn<K, V, R, V2> = (from: StreamRecord<K, V>, result: R, forward: Process<K, V2>) => void;

/** A step that waits for the results of calls. Keys stay, so nothing moves between partitions. */
export const asyncStep = <K, V, R, V2>(
  { async, name, serde, value }: AsyncStep<V2>,
  work: CallWork<K, V, R>,
  goOn: GoOn<K, V, R, V2>,
): Operator<K, V, K, V2> => ({
  name,
  key: 'kept',
  value,
  serdes: { value: serde },
  async,
  processor: (context) => context.calls<K, V, R>(work, (from, result) => goOn(from, result, context.forward)),
});

/** Calls a user's function for each record. */
export const forEachRecord = <K, V, R>(
  call: (value: V, key: K, call: AsyncCall) => PromiseLike<R>,
): CallWork<K, V, R> => ({ one: (from, at) => call(from.value, from.key, at) });

/** Hands a result on as the record's value; `step` is named where it is missing. */
export const asValue =
  <K, V, V2>(step: string): GoOn<K, V, V2, V2> =>
  (from, result, forward) =>
    forward(withValue(from, given(result, step)));
