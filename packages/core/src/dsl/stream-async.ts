import type { AsyncCall } from '../graph/async.js';
import type { Serde } from '../graph/serde.js';
import { keyValue } from '../state/key-value.js';
import { appendNode, appendOperator } from './append.js';
import { type AsyncOptions, asyncStage, type BatchOptions, batchLimits } from './async-options.js';
import type { Given } from './callback.js';
import type { Operator } from './operator.js';
import { filterAsync, flatMapAsync, forEachAsync, mapAsync } from './operators/map-async.js';
import { mapAsyncWithStateNode, type StatefulCall } from './operators/map-async-with-state.js';
import { mapBatch } from './operators/map-batch.js';
import { type ChainPosition, keyedEdge, madeSerde, serdeOf, stepName } from './position.js';
import type { Stream } from './stream.js';
import { StreamJoins } from './stream-joins.js';

/** Says how the values are written that an async step makes. */
export interface WithValue<V> {
  readonly value?: Serde<V>;
}

/** The serde of what an async step keeps per key. Calls of one key never overlap, so there is no other order to choose. */
export interface WithState<S> extends Omit<AsyncOptions, 'order'> {
  readonly state?: Serde<S>;
}

/** The steps of a stream that wait for something, one record at a time or many: the part of {@link Stream} that is async. */
export class StreamAsync<out K, out V> extends StreamJoins<K, V> {
  /**
   * Gives each record another value that has to be waited for. Calls overlap as far as their order lets them; a retried
   * one holds up only the records that wait for it.
   *
   * @example
   * orders.mapAsync((order, id, { signal }) => fetchCustomer(order.customer, signal), {
   *   concurrency: 100, timeout: '2s', retry: { attempts: 3, backoff: '500ms' },
   * })
   */
  mapAsync<V2>(
    to: (value: V, key: K, call: AsyncCall) => PromiseLike<Given<V2>>,
    options: AsyncOptions & WithValue<V2> = {},
  ): Stream<K, V2> {
    const stage = asyncStage(options.name ?? 'mapAsync', this.position.key.serde, options);
    return append(this.position, mapAsync(to, stage, options.value), options);
  }

  /** Makes any number of values of each record, in order, that have to be waited for. */
  flatMapAsync<V2>(
    to: (value: V, key: K, call: AsyncCall) => PromiseLike<Iterable<Given<V2>>>,
    options: AsyncOptions & WithValue<V2> = {},
  ): Stream<K, V2> {
    const stage = asyncStage(options.name ?? 'flatMapAsync', this.position.key.serde, options);
    return append(this.position, flatMapAsync(to, stage, options.value), options);
  }

  /** Keeps the records that pass a test whose answer has to be waited for. */
  filterAsync(
    test: (value: V, key: K, call: AsyncCall) => PromiseLike<boolean>,
    options: AsyncOptions = {},
  ): Stream<K, V> {
    const stage = asyncStage(options.name ?? 'filterAsync', this.position.key.serde, options);
    return append(this.position, filterAsync(test, stage), options);
  }

  /** Does something with each record, which counts as processed once that is done; the chain ends here. */
  forEachAsync(act: (value: V, key: K, call: AsyncCall) => PromiseLike<unknown>, options: AsyncOptions = {}): void {
    const stage = asyncStage(options.name ?? 'forEachAsync', this.position.key.serde, options);
    append(this.position, forEachAsync(act, stage), options);
  }

  /**
   * Gives records other values, many with one call. The answers come in the order of the records, one for each; an
   * `Error` among them fails that record alone, a call that throws fails all of its records.
   *
   * @example
   * orders.mapBatch((batch) => redis.mGet(batch.map((order) => order.customer)), { maxSize: 500, order: 'none' })
   */
  mapBatch<V2>(
    to: (values: readonly V[], keys: readonly K[], call: AsyncCall) => PromiseLike<readonly (Given<V2> | Error)[]>,
    options: BatchOptions & WithValue<V2> = {},
  ): Stream<K, V2> {
    const step = options.name ?? 'mapBatch';
    const stage = { ...asyncStage(step, this.position.key.serde, options), batch: batchLimits(step, options) };
    return append(this.position, mapBatch(to, stage, options.value), options);
  }

  /**
   * Makes a value of each record by a function that may wait and that reads and writes what is kept for the record's key,
   * one call at a time per key. Its writes are applied with its result; an attempt that fails leaves nothing behind.
   * `undefined` hands nothing on; null keys are dropped.
   *
   * @example
   * payments.processAsync(async (payment, id, { signal, state }) => {
   *   if (state.get() !== undefined) return undefined // charged before
   *   state.set(await charge(payment, signal))
   *   return state.get()
   * }, { name: 'charges', state: json<Receipt>() })
   */
  processAsync<V2, S>(
    to: (value: V, key: NonNullable<K>, call: StatefulCall<S>) => PromiseLike<V2 | undefined>,
    options: WithState<S> & WithValue<V2> = {},
  ): Stream<NonNullable<K>, V2> {
    const { position } = this;
    const { id, named } = stepName(position.chain, 'process-async', options.name);
    const key = serdeOf(position, 'key', id) as Serde<NonNullable<K>>;
    const state = madeSerde(position.chain, options.state, 'value', id, 'state') as Serde<S>;
    const store = keyValue(id, { key, value: state, named });
    const edge = keyedEdge(position, id, named);
    const node = mapAsyncWithStateNode(id, edge, store, asyncStage(id, key, options), to);
    const value = options.value === undefined ? { changedBy: id } : { serde: options.value };
    return position.chain.stream(appendNode(position, node, { value, partitioned: true }));
  }
}

const append = <K, V, K2, V2>(
  position: ChainPosition,
  operator: Operator<K, V, K2, V2>,
  { name }: AsyncOptions,
): Stream<K2, V2> => position.chain.stream(appendOperator(position, operator, { name }));
