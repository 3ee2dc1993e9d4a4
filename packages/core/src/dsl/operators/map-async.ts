import type { AsyncCall, AsyncStage, CallWork } from '../../graph/async-stage.js';
import type { Process } from '../../graph/processor.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import { asMany, type Defined, defined } from '../callback.js';
import type { Operator } from '../operator.js';

/**
 * Maps each value with an async function. The key stays. Results may overtake each other within
 * the order of the stage.
 *
 * @example
 * orders.mapAsync((order, id, { signal }) => fetchCustomer(order.customer, signal), { concurrency: 100 })
 */
export const mapAsync = <K, V, V2>(
  to: (value: V, key: K, call: AsyncCall) => PromiseLike<Defined<V2>>,
  async: AsyncStage,
  serde?: Serde<V2>,
): Operator<K, V, K, V2> =>
  asyncOperator(
    { name: 'map-async', value: 'changed', serde, async },
    perRecord(to as (value: V, key: K, call: AsyncCall) => PromiseLike<V2>),
    forwardResult('mapAsync'),
  );

/**
 * Maps each value to any number of values with an async function. Results are forwarded in order; none drops the record.
 *
 * @example
 * pages.flatMapAsync(async (url, _, { signal }) => linksOf(await fetch(url, { signal })))
 */
export const flatMapAsync = <K, V, V2>(
  to: (value: V, key: K, call: AsyncCall) => PromiseLike<Iterable<Defined<V2>>>,
  async: AsyncStage,
  serde?: Serde<V2>,
): Operator<K, V, K, V2> =>
  asyncOperator(
    { name: 'flat-map-async', value: 'changed', serde, async },
    perRecord(to as (value: V, key: K, call: AsyncCall) => PromiseLike<Iterable<V2>>),
    (from, results, forward) => {
      for (const each of asMany(results, 'flatMapAsync')) forward(withValue(from, defined(each, 'flatMapAsync')));
    },
  );

/**
 * Keeps the records that pass an async test.
 *
 * @example
 * orders.filterAsync((order) => isKnown(order.customer))
 */
export const filterAsync = <K, V>(
  test: (value: V, key: K, call: AsyncCall) => PromiseLike<boolean>,
  async: AsyncStage,
): Operator<K, V, K, V> =>
  asyncOperator({ name: 'filter-async', value: 'kept', async }, perRecord(test), (from, passes, forward) => {
    if (passes) forward(from);
  });

/**
 * Calls an async function for each record and ends the chain. A record counts as processed when its promise resolves.
 *
 * @example
 * orders.forEachAsync((order, id) => database.insert(id, order), { retry: { attempts: 5 } })
 */
export const forEachAsync = <K, V>(
  act: (value: V, key: K, call: AsyncCall) => PromiseLike<unknown>,
  async: AsyncStage,
): Operator<K, V, K, never> =>
  asyncOperator({ name: 'for-each-async', value: 'kept', async }, perRecord(act), () => {});

/**
 * Maps the values of many records with one async call. The call returns one result per record, in order. An `Error` among
 * them fails that record alone; a rejected call fails all its records, unless `bisectOnError` is set. With `order: 'key'` a
 * call has at most one record of each key.
 *
 * @example
 * orders.mapBatch((batch) => names.mGet(batch.map((order) => order.customer)), { maxSize: 500 })
 */
export const mapBatch = <K, V, V2>(
  to: (values: readonly V[], keys: readonly K[], call: AsyncCall) => PromiseLike<readonly (Defined<V2> | Error)[]>,
  async: AsyncStage,
  serde?: Serde<V2>,
): Operator<K, V, K, V2> =>
  asyncOperator<K, V, V2, V2>(
    { name: 'map-batch', value: 'changed', serde, async },
    {
      many: (batch, call) =>
        to(
          batch.map((from) => from.value),
          batch.map((from) => from.key),
          call,
        ) as PromiseLike<readonly (V2 | Error)[]>,
    },
    forwardResult('mapBatch'),
  );

/** The parts of an async operator besides its calls. */
interface AsyncOperator<V2> {
  readonly name: string;
  readonly value: 'kept' | 'changed';
  /** The serde of the values it makes. */
  readonly serde?: Serde<V2> | undefined;
  readonly async: AsyncStage;
}

/** Forwards the result of a call. */
type OnResult<K, V, R, V2> = (from: StreamRecord<K, V>, result: R, forward: Process<K, V2>) => void;

/** Creates an operator that waits for calls. Keys stay, so records stay in their partition. */
const asyncOperator = <K, V, R, V2>(
  { async, name, serde, value }: AsyncOperator<V2>,
  work: CallWork<K, V, R>,
  onResult: OnResult<K, V, R, V2>,
): Operator<K, V, K, V2> => ({
  name,
  key: 'kept',
  value,
  serdes: { value: serde },
  keyLocal: async.order !== 'partition',
  async,
  processor: (context) => context.calls<K, V, R>(work, (from, result) => onResult(from, result, context.forward)),
});

const perRecord = <K, V, R>(call: (value: V, key: K, call: AsyncCall) => PromiseLike<R>): CallWork<K, V, R> => ({
  one: (from, at) => call(from.value, from.key, at),
});

const forwardResult =
  <K, V, V2>(step: string): OnResult<K, V, V2, V2> =>
  (from, result, forward) =>
    forward(withValue(from, defined(result, step)));
