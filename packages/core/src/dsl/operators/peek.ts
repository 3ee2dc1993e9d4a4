import { refusePromise } from '../../graph/promise.js';
import type { Operator } from '../operator.js';

/**
 * Calls `look` with each record, then forwards the record unchanged.
 *
 * @example
 * orders.peek((order, id) => console.log(id, order.total))
 */
export const peek = <K, V>(look: (value: V, key: K) => unknown): Operator<K, V, K, V> => ({
  name: 'peek',
  key: 'kept',
  value: 'kept',
  keyLocal: true,
  callback: look,
  processor:
    ({ forward }) =>
    (record) => {
      refusePromise(look(record.value, record.key), 'peek');
      forward(record);
    },
});

/**
 * Calls `act` with each record and ends the chain.
 *
 * @example
 * orders.forEach((order, id) => console.log(id, order.total))
 */
export const forEach = <K, V>(act: (value: V, key: K) => unknown): Operator<K, V, never, never> => ({
  name: 'for-each',
  key: 'kept',
  value: 'kept',
  keyLocal: true,
  callback: act,
  processor: () => (record) => refusePromise(act(record.value, record.key), 'forEach'),
});
