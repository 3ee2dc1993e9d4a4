import type { AsyncCall, AsyncStage } from '../../graph/async.js';
import type { Serde } from '../../graph/serde.js';
import { asValue, asyncStep } from '../async-step.js';
import type { Given } from '../callback.js';
import type { Operator } from '../operator.js';

/**
 * Gives records other values, many with one call. The answers come in the order of the records, one for each; an `Error`
 * among them fails that record alone, a call that throws fails all of its records. In the order of keys a call serves at
 * most one record of each key.
 *
 * @example
 * orders.mapBatch((batch) => redis.mGet(batch.map((order) => order.customer)), { maxSize: 500 })
 */
export const mapBatch = <K, V, V2>(
  to: (values: readonly V[], keys: readonly K[], call: AsyncCall) => PromiseLike<readonly (Given<V2> | Error)[]>,
  async: AsyncStage,
  serde?: Serde<V2>,
): Operator<K, V, K, V2> =>
  asyncStep<K, V, V2, V2>(
    { name: 'map-batch', value: 'changed', serde, async },
    {
      many: (batch, call) =>
        to(
          batch.map((from) => from.value),
          batch.map((from) => from.key),
          call,
        ) as PromiseLike<readonly (V2 | Error)[]>,
    },
    asValue('mapBatch'),
  );
