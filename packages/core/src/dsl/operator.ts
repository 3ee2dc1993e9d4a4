import type { AsyncStage } from '../graph/async.js';
import type { Processor } from '../graph/processor.js';
import type { Serde } from '../graph/serde.js';
import type { AnyStoreSpec } from '../graph/store.js';
import type { Callback } from './callback.js';

/**
 * A step that takes a stream and gives a stream: what `stream.via` appends. The library's own steps are made of nothing
 * else.
 *
 * @example
 * const everyTenth = <K, V>(): Operator<K, V, K, V> => ({
 *   name: 'every-tenth', key: 'kept', value: 'kept',
 *   processor: ({ forward }) => {
 *     let seen = 0
 *     return (record) => { if (++seen % 10 === 0) forward(record) }
 *   },
 * })
 */
export interface Operator<K, V, K2, V2> {
  /** What it is; nodes are named after it, `filter-0`, unless the user names them. */
  readonly name: string;
  /** Whether keys stay as they were: records then stay in the right partition. */
  readonly key: 'kept' | 'changed';
  /** Whether values stay as they were: the serde then stays known. */
  readonly value: 'kept' | 'changed';
  /** Serdes of what it makes, where it knows them. */
  readonly serdes?: { readonly key?: Serde<K2>; readonly value?: Serde<V2> };
  readonly stores?: readonly AnyStoreSpec[];
  /** The user's function that it calls, refused where it is an async one. */
  readonly callback?: Callback;
  /** True when it looks at one record at a time and remembers nothing: a repartition may then move above it. */
  readonly stateless?: boolean;
  /** Set where it waits for something: how its calls may overlap. */
  readonly async?: AsyncStage;
  readonly processor: Processor<K, V, K2, V2>;
}

/** Names a step; what outlives the process (stores, changelogs, repartition topics) is named after it. */
export interface Named {
  readonly name?: string;
}

/** Names a step that changes keys. */
export interface KeyStep extends Named {
  /** Promises that equal new keys are in one partition already, so that no topic is needed to bring them together. */
  readonly partitioned?: 'kept';
}

/** Names a step and says how what it makes is written. */
export interface StepOptions<K, V> extends Named {
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
}
