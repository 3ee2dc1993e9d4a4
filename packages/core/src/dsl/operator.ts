import type { AsyncStage } from '../graph/async-stage.js';
import type { Processor } from '../graph/processor.js';
import type { Serde } from '../graph/serde.js';
import type { AnyStoreSpec } from '../graph/store.js';
import type { Callback } from '../graph/synchronous.js';

/**
 * A step from a stream to a stream, appended by `stream.via`. The built-in steps are operators as well.
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
  /** The kind of step. Unnamed nodes are named after it, such as `filter-0`. */
  readonly name: string;
  /** `'kept'` if every record keeps its key, so that partitions stay right. */
  readonly key: 'kept' | 'changed';
  /** `'kept'` if every record keeps its value, so that its serde stays the same. */
  readonly value: 'kept' | 'changed';
  /** The serdes of the records it makes; the application's defaults unless set. */
  readonly serdes?: { readonly key?: Serde<K2>; readonly value?: Serde<V2> };
  readonly stores?: readonly AnyStoreSpec[];
  /** The user's function; a function declared `async` is refused. */
  readonly callback?: Callback;
  /** True when no record depends on an earlier one; a repartition may then move upstream of the step. */
  readonly stateless?: boolean;
  /** True when records of different keys do not depend on each other, so that they may overtake each other. */
  readonly keyLocal?: boolean;
  /** The order, number and time of calls of an async step; undefined for a synchronous step. */
  readonly async?: AsyncStage;
  readonly processor: Processor<K, V, K2, V2>;
}
