/**
 * Measures the serdes of formats against their libraries: an order is encoded and decoded. The library alone checks less,
 * and may return a part of a buffer that it shares.
 */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { avro } from '@kstreams/avro';
import { msgpack } from '@kstreams/msgpack';
import { protobuf } from '@kstreams/protobuf';
import { OrderSchema } from '@kstreams/test-support/protobuf/v1/shop_pb';
import avsc from 'avsc';
import type { Serde } from 'kstreams';
import { Packr } from 'msgpackr';
import type { Benchmark, Trial } from '../benchmark.js';

const at = { topic: 'orders', headers: [] };

const trial = <T>(size: number, order: T, pass: (order: T) => T, totalOf: (order: T) => number): Trial => {
  let sum = 0;
  return {
    run: () => {
      for (let i = 0; i < size; i++) sum += totalOf(pass(order));
    },
    result: () => sum,
  };
};

interface Format<T> {
  readonly name: string;
  readonly order: T;
  readonly totalOf: (order: T) => number;
  readonly serde: Serde<T>;
  readonly library: { readonly encode: (order: T) => Uint8Array; readonly decode: (bytes: Uint8Array) => T };
}

const benchmarkOf = <T>({ name, order, totalOf, serde, library }: Format<T>): Benchmark => ({
  name: `format-${name}`,
  compares: `an order through the serde of ${name}; through its library`,
  unit: 'orders',
  size: 200_000,
  kstreams: (size) => trial(size, order, (one) => serde.decode(serde.encode(one, at), at), totalOf),
  byHand: (size) => trial(size, order, (one) => library.decode(library.encode(one)), totalOf),
});

const plain = {
  id: 'order-123456',
  customer: 'customer-42',
  city: 'Amsterdam',
  state: 'shipped',
  total: 129.5,
  items: 3,
  placed: 1_700_000_000_000,
  paid: true,
};
type Order = typeof plain;
const totalOf = ({ total }: Order): number => total;

const schema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'customer', type: 'string' },
    { name: 'city', type: 'string' },
    { name: 'state', type: 'string' },
    { name: 'total', type: 'double' },
    { name: 'items', type: 'int' },
    { name: 'placed', type: 'long' },
    { name: 'paid', type: 'boolean' },
  ],
} as const;

const avroFormat = (): Format<Order> => {
  const type = avsc.Type.forSchema(schema as unknown as avsc.Schema, { omitRecordMethods: true });
  return {
    name: 'avro',
    order: plain,
    totalOf,
    serde: avro<Order>(schema),
    library: { encode: (order) => type.toBuffer(order), decode: (bytes) => type.fromBuffer(bytes as Buffer) },
  };
};

const msgpackFormat = (): Format<Order> => {
  const packr = new Packr({ useRecords: false, variableMapSize: true });
  return {
    name: 'msgpack',
    order: plain,
    totalOf,
    serde: msgpack<Order>(),
    library: { encode: (order) => packr.pack(order), decode: (bytes) => packr.unpack(bytes) },
  };
};

const message = create(OrderSchema, {
  id: plain.id,
  cents: 12_950n,
  lines: [{ sku: 'tea', amount: 3 }],
  paid: { case: 'card', value: 'x' },
});

/** The formats in separate packages. */
export const formats: readonly Benchmark[] = [
  benchmarkOf(avroFormat()),
  benchmarkOf(msgpackFormat()),
  benchmarkOf({
    name: 'protobuf',
    order: message,
    totalOf: ({ cents }) => Number(cents),
    serde: protobuf(OrderSchema),
    library: { encode: (one) => toBinary(OrderSchema, one), decode: (bytes) => fromBinary(OrderSchema, bytes) },
  }),
];
