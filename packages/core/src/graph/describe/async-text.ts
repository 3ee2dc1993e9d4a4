import type { CallOrder } from '../async-stage.js';
import type { DescribedCalls } from './described-topology.js';

const orders: Readonly<Record<CallOrder, string>> = {
  key: 'calls in the order of keys',
  partition: 'calls in the order of the partition',
  none: 'calls in any order',
};

/** Returns the order, concurrency and batching of an async step as text. */
export const callsText = ({ batch, concurrency, order, perSecond }: DescribedCalls): string =>
  [
    orders[order],
    `at most ${concurrency} at once`,
    perSecond !== undefined && `${perSecond} per second`,
    batch && `batches of at most ${batch.maxSize} records or ${batch.maxBytes} bytes`,
    batch && batch.maxWait > 0 && `after at most ${batch.maxWait} ms`,
    batch?.bisectOnError && 'bisected on errors',
  ]
    .filter(Boolean)
    .join(', ');
