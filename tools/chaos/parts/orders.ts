import { json, string, topic, within } from 'kstreams';
import { valuesByKey } from './counts.js';
import type { Part } from './part.js';

const orders = topic('chaos-orders', { key: string, value: string });
const payments = topic('chaos-payments', { key: string, value: string });
/** Every order with its payment. */
const pairs = topic('chaos-pairs', { key: string, value: json<readonly [order: string, payment: string]>() });

/** Creates the part that joins orders with payments: two sources with equal partition counts, and join buffers. */
export const orderPart = (partitions: number): Part => {
  let placed = 0;
  return {
    topics: [orders, payments, pairs].map(({ name }) => ({ name, partitions, config: {} })),
    inputs: [orders.name, payments.name],
    build: (app) => {
      app
        .stream(orders)
        .join(app.stream(payments), within('1h'), (order, payment) => [order, payment] as const, {
          name: 'paid',
          value: pairs.value,
        })
        .to(pairs);
    },
    write: (moment, send) => {
      if (moment % 3 !== 0) return;
      const order = `order-${placed++}`;
      send(orders.name, order, `${order} placed`);
      send(payments.name, order, `${order} paid`);
    },
    judge: async (read, guarantee) => {
      const byOrder = valuesByKey(await read(pairs.name), pairs);
      const problems: string[] = [];
      for (let i = 0; i < placed; i++) {
        const times = byOrder.get(`order-${i}`)?.length ?? 0;
        if (times === 0) problems.push(`order-${i} met no payment`);
        if (guarantee === 'exactly-once' && times > 1) problems.push(`order-${i} met its payment ${times} times`);
      }
      return {
        complete: byOrder.size >= placed,
        problems,
        summary: `${placed} orders joined with ${byOrder.size} payments`,
      };
    },
  };
};
