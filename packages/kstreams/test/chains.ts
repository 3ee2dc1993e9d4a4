/**
 * Results of every kind of chain, exported without annotations. `.ci/packages` compiles this file against the packed
 * packages with `declaration: true`: every type in it must have a name that `kstreams` exports.
 */
import {
  boundaries,
  by,
  byKey,
  type Context,
  calendar,
  countSerde,
  cron,
  double,
  embedded,
  headers,
  hopping,
  int32,
  int64,
  json,
  kafkaWindowed,
  keyValue,
  memory,
  nullable,
  P,
  record,
  type StreamRecord,
  session,
  sliding,
  start,
  streams,
  string,
  TopologyBuilder,
  timers,
  timestamps,
  topic,
  tumbling,
  tuple,
  unlimited,
  untilTimeLimit,
  untilWindowCloses,
  versioned,
  window,
  windowed,
  withHeader,
  within,
  withValue,
} from 'kstreams';

interface Order {
  readonly customer: string;
  readonly total: number;
}
interface Payment {
  readonly kind: 'card' | 'cash';
  readonly amount: number;
}

export const orderSerde = json<Order>();
export const keySerde = tuple(string, int64, nullable(int32));
export const windowSerde = windowed(string);
export const kafkaWindowSerde = kafkaWindowed(string, { size: '1m' });
export const counted = countSerde;

export const orders = topic('orders', { key: string, value: orderSerde });
export const payments = topic('payments', { key: string, value: json<Payment>() });
export const customers = topic('customers', { key: string, value: json<{ readonly name: string }>() });
export const totals = topic('totals', { key: windowSerde, value: double });

export const shop = streams('shop');
export const stream = shop.stream(orders);
export const table = shop.table(customers, { name: 'customers', history: '1h' });
export const globalTable = shop.globalTable(topic('rates', { key: string, value: double }));
export const paid = shop.stream(payments);

export const filtered = stream.filter(({ total }) => total > 0).filterNot(({ customer }) => customer === '');
export const mapped = stream.map(({ customer, total }) => [customer, { total }] as const);
export const values = stream.flatMapValues(({ total }) => [total, -total], { value: double });
export const keyed = stream.selectKey(({ customer }) => customer, { key: string });
export const merged = filtered.merge(keyed);
export const branches = stream.split({ large: ({ total }) => total > 100, other: () => true });
export const matched = paid.match({ card: { kind: 'card' }, cash: { kind: P.string } });
export const awaited = stream.mapAsync(async ({ total }) => total, { concurrency: 2 });
export const batched = stream.mapBatch(async (batch) => batch.map(({ total }) => total), { maxSize: 10 });

export const grouped = keyed.groupByKey();
export const regrouped = stream.groupBy(({ customer }) => customer, { key: string });
export const count = grouped.count({ name: 'count' });
export const sum = grouped.aggregate(
  () => 0,
  (total, order) => total + order.total,
  { name: 'sum', value: double },
);
export const largest = grouped.reduce((a, b) => (a.total > b.total ? a : b), { name: 'largest' });
export const cogrouped = grouped.cogroup(
  () => ({ orders: 0, payments: 0 }),
  (so, { total }) => ({ ...so, orders: so.orders + total }),
);
export const both = cogrouped.cogroup(paid.groupByKey(), (so, { amount }) => ({
  ...so,
  payments: so.payments + amount,
}));
export const balance = both.aggregate({ name: 'balance', value: json() });

export const minutes = tumbling('1m', { grace: '10s', emit: 'on-close' });
export const visits = session('30m');
export const kinds = [hopping('1m', { advance: '10s' }), sliding('1m'), unlimited()];
export const days = calendar('day', { zone: 'Europe/Berlin' });
export const hours = cron('0 * * * *', { zone: 'Europe/Berlin' });
export const between = boundaries([0, 1_000, 2_000]);
export const custom = window({ name: 'tens', of: (at) => [{ start: at, end: at + 10 }], longest: 10 });
export const windowedStream = grouped.window(minutes);
export const perMinute = windowedStream.count({ name: 'per-minute' });
export const perVisit = grouped.window(visits).aggregate(
  () => 0,
  (total, order) => total + order.total,
  (a, b) => a + b,
  { name: 'per-visit', value: double },
);
export const visiting = grouped.window(visits);
export const cogroupedPerMinute = both.window(minutes);
export const cogroupedPerVisit = both.window(visits);
export const suppressed = perMinute.suppress(untilWindowCloses());
export const limit = untilTimeLimit('5s', { maxRecords: 10 });

export const within10 = within('10m');
export const byCustomer = by((order: Order) => order.customer);
export const equal = byKey();
export const joined = stream.join(paid, within10, (order, payment) => ({ ...order, ...payment }));
export const enriched = stream.leftJoin(table, (order, customer) => ({ ...order, name: customer?.name }));
export const rated = stream.join(globalTable, byCustomer, (order, rate) => order.total * rate, { value: double });
export const joinedTables = sum.outerJoin(count, (total, times) => `${total}/${times}`, { value: string });
export const mappedTable = sum.mapValues((total) => total * 2, { value: double }).filter((total) => total > 0);
export const groupedTable = sum.groupBy((total, key) => [String(total), key] as const, {
  key: string,
  value: string,
});
export const tableOfStream = keyed.toTable({ name: 'latest' });
export const streamOfTable = perMinute.toStream();

export const seen = keyValue('seen', { key: string, value: double });
export const ordered = keyValue('ordered', { key: string, value: double, ordered: true });
export const histories = versioned('histories', { key: string, value: string, history: 3_600_000 });
export const reminders = timers('reminders', { key: string, clock: 'wall' });
export const doubling =
  ({ forward }: Context<string, number>) =>
  ({ key, value, timestamp }: StreamRecord<string, number>) =>
    forward(record(key, value * 2, timestamp));
export const counting = {
  stores: [seen],
  processor: (context: Context<string, number>) => {
    const rows = context.store(seen);
    return (one: StreamRecord<string, Order>) => context.forward(withValue(one, rows.get(one.key) ?? 0));
  },
};
export const processed = stream
  .process(counting, { key: string, value: double })
  .process(doubling, { key: string, value: double });
export const everyTenth = <K, V>() => {
  let at = 0;
  return {
    name: 'every-tenth',
    key: 'kept' as const,
    value: 'kept' as const,
    processor:
      ({ forward }: Context<K, V>) =>
      (one: StreamRecord<K, V>) => {
        if (++at % 10 === 0) forward(one);
      },
  };
};
export const thinned = stream.via(everyTenth());

export const builder = new TopologyBuilder('low-level');
export const source = builder.addSource('orders', orders);
export const processor = builder.addProcessor('counting', { parents: [source], ...counting });
export const traced = withHeader(headers({ trace: '1' }), 'span', '2');
export const byHeader = timestamps;

export const topology = shop.build();
export const description = shop.describe();
export const transport = embedded();
export const state = memory();
export const running = () => start(shop, { transport, state });
export const view = async () => (await running()).view(sum);
export const windowView = async () => (await running()).view(perMinute);
export const rows = async () => {
  for await (const row of (await view()).all()) return row;
  return undefined;
};
export const health = async () => (await running()).health();
export const metadata = async () => (await running()).metadata;
