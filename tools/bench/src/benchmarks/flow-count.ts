/**
 * Measures filter, map and count of JSON orders in our test driver against the test driver of `@kafkats/flow`. Both decode JSON,
 * keep the count in memory, write its change log and forward every update; neither has a broker.
 */
import { testDriver } from '@kstreams/testing';
import { countSerde, json, streams, string, topic } from 'kstreams';
import type { Benchmark } from '../benchmark.js';
import { loadFlow } from '../flow/flow.js';
import { isLarge, type Order, orderOf } from './json-loop.js';

interface Amount {
  readonly amount: number;
}
const amountOf = ({ amount }: Order): Amount => ({ amount });
const orders = topic('orders', { key: string, value: json<Order>() });
const counts = topic('counts', { key: string, value: countSerde });

export const flowCount: Benchmark = {
  name: 'flow-count',
  compares: 'filter, map and count in our test driver; in that of @kafkats/flow',
  other: '@kafkats/flow',
  unit: 'orders',
  size: 20_000,
  kstreams: (size) => {
    const app = streams('flow-count');
    app
      .stream(orders)
      .filter(isLarge)
      .mapValues(amountOf, { value: json<Amount>() })
      .groupByKey()
      .count({ name: 'counts' })
      .toStream()
      .to(counts);
    const driver = testDriver(app, { freeze: false });
    const input = Array.from({ length: size }, (_, at) => orderOf(at));
    return {
      run: () => {
        const pipe = driver.input(orders);
        for (const [at, order] of input.entries()) pipe.pipe(order.customer, order, at);
      },
      result: () =>
        driver
          .output(counts)
          .read()
          .reduce((sum, { value }) => sum + Number(value), 0),
      close: () => driver.close(),
    };
  },
  byHand: async (size) => {
    const { TestDriver, codec } = await loadFlow();
    const driver = new TestDriver({ applicationId: 'flow-count' });
    const texts = codec.string();
    const values = codec.json();
    driver
      .input('orders', { key: texts, value: values })
      .filter((_key, order) => isLarge(order as Order))
      .mapValues((order) => amountOf(order as Order))
      .groupByKey({ key: texts, value: values })
      .count()
      .toStream()
      .to('counts', { key: texts, value: values });
    const context = await driver.start();
    const input = Array.from({ length: size }, (_, at) => orderOf(at));
    return {
      run: async () => {
        for (const [at, order] of input.entries()) {
          const [keyValue, timestamp] = [order.customer, BigInt(at)];
          await context.send('orders', order, { codec: values, keyValue, keyCodec: texts, timestamp });
        }
      },
      result: () => context.output('counts', { value: values }).reduce((sum, { value }) => sum + Number(value), 0),
      close: () => driver.stop(),
    };
  },
};
