import { type RecordHeaders, record } from '../../graph/record.js';
import { type Given, given } from '../callback.js';
import type { Operator } from '../operator.js';

/**
 * Gives each record other headers. Key, value and timestamp stay.
 *
 * @example
 * orders.setHeaders((now, order) => withHeader(now, 'region', order.region))
 */
export const setHeaders = <K, V>(
  to: (headers: RecordHeaders, value: V, key: K) => Given<RecordHeaders>,
): Operator<K, V, K, V> => ({
  name: 'set-headers',
  key: 'kept',
  value: 'kept',
  callback: to,
  stateless: true,
  processor:
    ({ forward }) =>
    ({ headers, key, timestamp, value }) =>
      forward(record(key, value, timestamp, given(to(headers, value, key), 'setHeaders'))),
});
