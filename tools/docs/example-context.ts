/** Declarations that the `@example` blocks of doc comments assume, such as a stream of orders. */

/** Ambient declarations for all examples. A stream is also a topic, so that `orders.filter(…)` and `stream(orders)` compile. */
export const context = `
type Flow<V> = import('kstreams').Stream<string, V> & import('kstreams').Topic<string, V>;
type Rows<V> = import('kstreams').Table<string, V> & import('kstreams').Topic<string, V>;
interface Line { product: string; amount: number }
interface Order { customer: string; total: number; cancelled: boolean; region: string; lines: Line[] }
interface Payment { amount: number; state: 'paid' | 'failed' | 'refused' }
interface Customer { name: string }
interface Receipt { id: string }
interface Draft { text: string }
declare const orders: Flow<Order>;
declare const webOrders: Flow<Order>, phoneOrders: Flow<Order>, shopOrders: Flow<Order>;
declare const payments: Flow<Payment>, refunds: Flow<Payment>;
declare const clicks: Flow<string>, lines: Flow<string>, pages: Flow<string>, logs: Flow<string>, visits: Flow<string>;
declare const flights: Flow<{ origin: string }>;
declare const prices: Flow<number>, readings: Flow<number>, sales: Flow<number>;
declare const paid: import('kstreams').Topic<string, Order>;
declare const sample: import('kstreams').Topic<string, Order>;
declare const countries: import('kstreams').Topic<string, string>;
declare const results: import('kstreams').Topic<string, number>;
declare const customers: Rows<Customer>;
declare const airports: import('kstreams').GlobalTable<string, { state: string }>;
declare const totals: Rows<number>, revenue: Rows<number>, stock: Rows<number>, reserved: Rows<number>;
declare const accounts: Rows<{ balance: number; closed: boolean; region: string; owner: string }>;
declare const owners: Rows<{ name: string }>;
declare const shop: import('kstreams').Streams;
declare const app: import('kstreams').App & import('kstreams').Streams;
declare const topology: import('kstreams').Topology;
declare const transport: import('kstreams').Transport;
declare const everyTenth: <K, V>() => import('kstreams').Operator<K, V, K, V>;
declare const perHour: import('kstreams').WindowedStream<string, Order>;
declare const perMinute: import('kstreams').Table<import('kstreams').Windowed<string>, number>;
declare const order: Order;
declare const driver: import('@kstreams/testing').TestDriver;
declare const windowTotals: import('kstreams').Topic<import('kstreams').Windowed<string>, number>;
declare const clicks$: import('rxjs').Observable<{ key: string; value: string }>;
declare const url: string;
declare const z: typeof import('zod').z;
declare function ticks(): AsyncGenerator<{ key: string; value: number }>;
declare function show(key: string | null, value: unknown): void;
declare function fetchCustomer(customer: string, signal: AbortSignal): Promise<Customer>;
declare function linksOf(response: Response): Promise<string[]>;
declare function isKnown(customer: string, signal?: AbortSignal): Promise<boolean>;
declare function charge(payment: Payment, signal: AbortSignal): Promise<Receipt>;
declare function test(name: string, run: () => void | Promise<void>): void;
declare function newFolder(): Promise<string>;
declare function newPlace(): Promise<() => Promise<import('kstreams/authors').ByteStore>>;
declare const database: { insert(id: string, order: Order): Promise<void> };
declare const names: { mGet(keys: readonly string[]): Promise<string[]> };
`;

/** Declarations for the examples of some files, in place of the common ones. */
export const contextOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'packages/aggregates/src/collect.ts': { orders: 'Flow<{ id: string }>' },
  'packages/aggregates/src/distinct.ts': { visits: 'Flow<{ page: string }>' },
  'packages/aggregates/src/quantiles.ts': { requests: 'Flow<{ ms: number }>' },
  'packages/core/src/dsl/aggregate.ts': { words: 'Flow<string>' },
  'packages/steps/src/debounce.ts': { searches: 'Flow<string>' },
  'packages/steps/src/dedupe.ts': { orders: 'Flow<{ id: string }>' },
  'packages/core/src/dsl/cogrouped-stream.ts': {
    balances: "import('kstreams').CogroupedStream<string, Payment, number>",
  },
  'packages/core/src/dsl/table.ts': {
    orders: 'Rows<Order>',
    balances: "import('kstreams').GroupedTable<string, number>",
    counts: 'Rows<number>',
  },
  'packages/codecs/src/encrypted.ts': { fetchKey: '(id: string) => Promise<Uint8Array>' },
  'packages/core/src/graph/processor.ts': {
    counts: "import('kstreams').StoreSpec<import('kstreams').KeyValueStore<string, number>>",
    count: "import('kstreams').Processor<string, string, string, number>",
  },
  'packages/core/src/graph/check-options.ts': { options: 'object' },
  'packages/core/src/graph/pending.ts': {
    rows: 'Map<string, string>',
    fetchRow: '(key: string) => Promise<void>',
  },
  'packages/core/src/graph/remote-storage.ts': {
    PostgresStorage: "{ open(url: string): Promise<import('kstreams/authors').RemoteStorage> }",
  },
  'packages/core/src/graph/wake-signal.ts': {
    signal: "import('@kstreams/core/graph').WakeSignal",
    work: '() => boolean',
  },
  'packages/runtime/src/query/view.ts': { start: 'number', end: 'number', from: 'number', to: 'number' },
  'packages/query/src/queries.ts': { createServer: "typeof import('node:http').createServer" },
  'packages/inspector/src/inspector-handler.ts': { createServer: "typeof import('node:http').createServer" },
  'packages/query/src/client/live-rows.ts': { client: "import('@kstreams/query/client').QueryClient" },
  'packages/query/src/client/remote-view.ts': { client: "import('@kstreams/query/client').QueryClient" },
  'packages/core/src/graph/typed-json.ts': {
    toTypedJson: '(value: unknown) => unknown',
    fromTypedJson: '(json: unknown) => unknown',
  },
  'packages/serde/src/json.ts': { checkedV1: "import('zod').ZodType<{ total: number }>" },
  'packages/stores/src/cached.ts': { openBucket: "() => Promise<import('kstreams/authors').RemoteStorage>" },
  'packages/protobuf/src/protobuf.ts': {
    OrderSchema: "typeof import('@kstreams/test-support/protobuf/v1/shop_pb').OrderSchema",
    Refund: 'any',
  },
  'packages/postgres/src/postgres.ts': { Pool: "typeof import('pg').Pool" },
  'packages/gcs/src/gcs.ts': { Storage: "typeof import('@google-cloud/storage').Storage" },
  'packages/bigtable/src/bigtable.ts': {
    Bigtable:
      "new () => { instance(name: string): { table(name: string): import('@kstreams/bigtable').BigtableTable } }",
  },
  'packages/redis/src/redis.ts': { createClient: "typeof import('redis').createClient" },
  'packages/registry/src/schema-registry.ts': { orderSchema: "{ readonly type: 'string' }" },
  'packages/testing/src/serde-checks.ts': { orderSerde: "import('kstreams').Serde<{ id: string; total: number }>" },
  'packages/windowing/src/session/session-cogroup.ts': {
    visits: "import('kstreams').CogroupedStream<string, string, number>",
  },
  'packages/windowing/src/session/session-stream.ts': {
    visits: "import('kstreams').SessionStream<string, { pages: number }>",
  },
};
