import { type RecordHeaders, record } from '../../graph/record.js';
import { type Defined, defined } from '../callback.js';
import type { Operator } from '../operator.js';

/**
 * Replaces the headers of each record. Key, value and timestamp stay the same.
 *
 * @example
 * orders.setHeaders((now, order) => withHeader(now, 'region', order.region))
 */
export const setHeaders = <K, V>(
  to: (headers: RecordHeaders, value: V, key: K) => Defined<RecordHeaders>,
): Operator<K, V, K, V> => ({
  name: 'set-headers',
  key: 'kept',
  value: 'kept',
  callback: to,
  stateless: true,
  keyLocal: true,
  processor:
    ({ forward }) =>
    ({ headers, key, timestamp, value }) =>
      forward(record(key, value, timestamp, defined(to(headers, value, key), 'setHeaders'))),
});
