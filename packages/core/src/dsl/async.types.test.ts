/** The types of steps that wait; `npm run types` checks them, each refusal by the error that it expects. */
import { expect, test } from '@jest/globals';
import { double, json, string } from '@kstreams/serde';
import { compiled, typeOf } from '@kstreams/test-support/type-of';
import { type AsyncCall, type StatefulCall, type Stream, streams, topic } from '../index.js';

interface Order {
  readonly customer: string;
  readonly total: number;
}

const orders = streams('app').stream(topic('orders', { key: string, value: json<Order>() }));

test('values are inferred from the promise; the key stays', () => {
  typeOf(orders.mapAsync(async (order, key, call) => ({ order, key, attempt: call.attempt }))).is<
    Stream<string, { order: Order; key: string; attempt: number }>
  >(true);
  typeOf(orders.mapAsync(async () => null)).is<Stream<string, null>>(true);
  typeOf(orders.flatMapAsync(async (order) => [order.total], { value: double })).is<Stream<string, number>>(true);
  typeOf(orders.filterAsync(async (order) => order.total > 0)).is<Stream<string, Order>>(true);
  typeOf(orders.forEachAsync(async () => {})).is<void>(true);
  typeOf(orders.mapBatch(async (batch, keys) => batch.map((order, i) => `${keys[i]} ${order.total}`))).is<
    Stream<string, string>
  >(true);
  typeOf(orders.mapBatch(async (batch) => batch.map((order) => (order.total > 0 ? order.total : new Error('no'))))).is<
    Stream<string, number>
  >(true);
  expect(orders).toBeDefined();
});

test('a call has a signal, and with state that of its key', () => {
  orders.forEachAsync(async (_, __, call) => typeOf(call).is<AsyncCall>(true));
  const seen = orders.processAsync(
    async (order, _, call) => {
      typeOf(call).is<StatefulCall<number>>(true);
      const before = call.state.get();
      call.state.set(order.total);
      return before === undefined ? undefined : String(before);
    },
    { state: double, value: string, name: 'totals' },
  );
  typeOf(seen).is<Stream<string, string>>(true);
});

test('unawaited, missing and mismatched arguments are refused', () => {
  compiled(() => {
    // @ts-expect-error returns no promise: use mapValues
    orders.mapAsync((order) => order.total);
    // @ts-expect-error returns undefined: return a value, or null for Kafka's null
    orders.mapAsync(async () => {});
    // @ts-expect-error the serde is of another type
    orders.mapAsync(async (order) => order.total, { value: string });
    // @ts-expect-error one value for each record, not one for all
    orders.mapBatch(async (batch) => batch.length);
    // @ts-expect-error a test answers true or false
    orders.filterAsync(async (order) => order.customer);
    // @ts-expect-error an order is one of three
    orders.mapAsync(async (order) => order.total, { order: 'random' });
    // @ts-expect-error a duration has a unit
    orders.mapAsync(async (order) => order.total, { timeout: '2 parsecs' });
    // @ts-expect-error calls of one key never overlap: there is no order to choose
    orders.processAsync(async () => 1, { state: double, order: 'none' });
    // @ts-expect-error the state is a number
    orders.processAsync(async (_, __, { state }) => state.set('1'), { state: double });
    // @ts-expect-error what waits is not for mapValues: use mapAsync
    orders.mapValues(async (order) => order.total);
  });
});
