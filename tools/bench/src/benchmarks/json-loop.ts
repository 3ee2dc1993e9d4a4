/**
 * Measures filter and map of JSON orders in a task against a loop over the same records: both parse, select, and write JSON
 * again. The loop has no topics, steps or offsets.
 */
import { noHeaders, type Received } from '@kstreams/core/graph';
import { json, streams, string, topic } from 'kstreams';
import type { Benchmark } from '../benchmark.js';
import { measuredTask } from '../peers/measured-task.js';

/** An order as shops send it. */
export interface Order {
  readonly amount: number;
  readonly customer: string;
  readonly id: string;
  readonly items: readonly { readonly price: number; readonly sku: string }[];
  readonly paid: boolean;
}

/** Returns order `at`; its members are in the order of their names, which is the one that the serde writes. */
export const orderOf = (at: number): Order => ({
  amount: (at * 7_919) % 1_000,
  customer: `customer-${at % 100}`,
  id: `order-${at}`,
  items: [
    { price: at % 50, sku: `article-${at % 300}` },
    { price: 12, sku: 'delivery' },
  ],
  paid: at % 3 === 0,
});

/** True for the orders that go on, nine of ten. */
export const isLarge = ({ amount }: Order): boolean => amount >= 100;

/** Returns a part of an order. */
const shipment = ({ amount, customer, id }: Order) => ({ amount: amount * 2, customer, id });

const recordsOf = (size: number): readonly Received[] =>
  Array.from({ length: size }, (_, offset) => ({
    topic: 'in',
    partition: 0,
    offset,
    timestamp: offset,
    key: Buffer.from(`customer-${offset % 100}`),
    value: Buffer.from(JSON.stringify(orderOf(offset))),
    headers: noHeaders,
  }));

/** The work of a service without state: the JSON of both sides is the same, byte for byte. */
export const jsonLoop: Benchmark = {
  name: 'json-loop',
  compares: 'filter and map of JSON in a task; a loop with JSON.parse and JSON.stringify',
  unit: 'orders',
  size: 100_000,
  kstreams: async (size) => {
    const app = streams('json-loop');
    app
      .stream(topic('in', { key: string, value: json<Order>() }))
      .filter(isLarge)
      .mapValues(shipment, { value: json<ReturnType<typeof shipment>>() })
      .to(topic('out', { key: string, value: json<ReturnType<typeof shipment>>() }));
    const records = recordsOf(size);
    let bytes = 0;
    const task = await measuredTask(app, {
      onOutput: ({ value }) => {
        bytes += value?.length ?? 0;
      },
    });
    return { run: () => void task.process(records), result: () => bytes };
  },
  byHand: (size) => {
    const records = recordsOf(size);
    const [decoder, encoder] = [new TextDecoder(), new TextEncoder()];
    let bytes = 0;
    const send = (_key: string, value: Uint8Array): void => {
      bytes += value.length;
    };
    return {
      run: () => {
        for (const { key, value } of records) {
          const order: Order = JSON.parse(decoder.decode(value as Uint8Array));
          if (!isLarge(order)) continue;
          send(decoder.decode(key as Uint8Array), encoder.encode(JSON.stringify(shipment(order))));
        }
      },
      result: () => bytes,
    };
  },
};
