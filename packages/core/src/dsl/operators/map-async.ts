import type { AsyncCall, AsyncStage } from '../../graph/async.js';
import { withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import { asValue, asyncStep, forEachRecord } from '../async-step.js';
import { type Given, given } from '../callback.js';
import type { Operator } from '../operator.js';

/**
 * Gives each record another value that has to be waited for. The key stays. Records whose calls may overlap overtake each
 * other as the stage's order allows.
 *
 * @example
 * orders.mapAsync((order, id, { signal }) => fetchCustomer(order.customer, signal), { concurrency: 100 })
 */
export const mapAsync = <K, V, V2>(
  to: (value: V, key: K, call: AsyncCall) => PromiseLike<Given<V2>>,
  async: AsyncStage,
  serde?: Serde<V2>,
): Operator<K, V, K, V2> =>
  asyncStep(
    { name: 'map-async', value: 'changed', serde, async },
    forEachRecord(to as (value: V, key: K, call: AsyncCall) => PromiseLike<V2>),
    asValue('mapAsync'),
  );

/**
 * Makes any number of values of each, in order, that have to be waited for; none drops the record.
 *
 * @example
 * pages.flatMapAsync(async (url, _, { signal }) => linksOf(await fetch(url, { signal })))
 */
export const flatMapAsync = <K, V, V2>(
  to: (value: V, key: K, call: AsyncCall) => PromiseLike<Iterable<Given<V2>>>,
  async: AsyncStage,
  serde?: Serde<V2>,
): Operator<K, V, K, V2> =>
  asyncStep(
    { name: 'flat-map-async', value: 'changed', serde, async },
    forEachRecord(to as (value: V, key: K, call: AsyncCall) => PromiseLike<Iterable<V2>>),
    (from, results, forward) => {
      for (const each of given(results, 'flatMapAsync')) forward(withValue(from, given(each, 'flatMapAsync')));
    },
  );

/**
 * Keeps the records that pass a test whose answer has to be waited for.
 *
 * @example
 * orders.filterAsync((order) => isKnown(order.customer))
 */
export const filterAsync = <K, V>(
  test: (value: V, key: K, call: AsyncCall) => PromiseLike<boolean>,
  async: AsyncStage,
): Operator<K, V, K, V> =>
  asyncStep({ name: 'filter-async', value: 'kept', async }, forEachRecord(test), (from, passes, forward) => {
    if (passes) forward(from);
  });

/**
 * Does something with each record and waits until it is done: only then the record counts as processed. The chain ends here.
 *
 * @example
 * orders.forEachAsync((order, id) => database.insert(id, order), { retry: { attempts: 5 } })
 */
export const forEachAsync = <K, V>(
  act: (value: V, key: K, call: AsyncCall) => PromiseLike<unknown>,
  async: AsyncStage,
): Operator<K, V, K, never> =>
  asyncStep({ name: 'for-each-async', value: 'kept', async }, forEachRecord(act), () => {});
