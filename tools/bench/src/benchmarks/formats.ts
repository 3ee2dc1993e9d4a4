/**
 * Measures the serdes of formats against their libraries: an order is encoded and decoded. The library alone checks less,
 * and may return a part of a buffer that it shares.
 */
import { fileURLToPath } from 'node:url';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { avro } from '@kstreams/avro';
import { msgpack } from '@kstreams/msgpack';
import { protobuf } from '@kstreams/protobuf';
import { jsonSchema } from '@kstreams/registry/json-schema';
import { type Shipment, ShipmentSchema } from '@kstreams/test-support/protobuf/shipment_pb';
import { Ajv } from 'ajv';
import avsc from 'avsc';
import { json, type Serde } from 'kstreams';
import { Packr } from 'msgpackr';
import protobufjs from 'protobufjs';
import type { Benchmark, Trial } from '../benchmark.js';

const at = { topic: 'orders', headers: [] };

const trial = <T extends { readonly total: number }>(size: number, order: T, pass: (order: T) => T): Trial => {
  let sum = 0;
  return {
    run: () => {
      for (let i = 0; i < size; i++) sum += pass(order).total;
    },
    result: () => sum,
  };
};

interface Format<T> {
  readonly name: string;
  readonly order: T;
  readonly serde: Serde<T>;
  readonly library: { readonly encode: (order: T) => Uint8Array; readonly decode: (bytes: Uint8Array) => T };
}

const benchmarkOf = <T extends { readonly total: number }>({ name, order, serde, library }: Format<T>): Benchmark => ({
  name: `format-${name}`,
  compares: `an order of ${serde.encode(order, at).length} bytes through the serde of ${name}; through its library`,
  unit: 'orders',
  size: 100_000,
  kstreams: (size) => trial(size, order, (one) => serde.decode(serde.encode(one, at), at)),
  byHand: (size) => trial(size, order, (one) => library.decode(library.encode(one))),
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

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const jsonFormat: Format<Order> = {
  name: 'json',
  order: plain,
  serde: json<Order>(),
  library: {
    encode: (order) => encoder.encode(JSON.stringify(order)),
    decode: (bytes) => JSON.parse(decoder.decode(bytes)),
  },
};

const numbers = { type: 'number' };
const text = { type: 'string' };
const orderJsonSchema = {
  type: 'object',
  properties: {
    id: text,
    customer: text,
    city: text,
    state: text,
    total: numbers,
    items: numbers,
    placed: numbers,
    paid: { type: 'boolean' },
  },
  required: Object.keys(plain),
};

const jsonSchemaFormat = (): Format<Order> => {
  const validate = new Ajv().compile(orderJsonSchema);
  const checked = (order: Order): Order => {
    if (!validate(order)) throw new TypeError('the order is invalid');
    return order;
  };
  return {
    name: 'json-schema',
    order: plain,
    serde: jsonSchema<Order>(orderJsonSchema),
    library: {
      encode: (order) => encoder.encode(JSON.stringify(checked(order))),
      decode: (bytes) => checked(JSON.parse(decoder.decode(bytes))),
    },
  };
};

const orderAvroSchema = {
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
  const type = avsc.Type.forSchema(orderAvroSchema as unknown as avsc.Schema, { omitRecordMethods: true });
  return {
    name: 'avro',
    order: plain,
    serde: avro<Order>(orderAvroSchema),
    library: { encode: (order) => type.toBuffer(order), decode: (bytes) => type.fromBuffer(bytes as Buffer) },
  };
};

const msgpackFormat = (): Format<Order> => {
  const packr = new Packr({ useRecords: false, variableMapSize: true });
  return {
    name: 'msgpack',
    order: plain,
    serde: msgpack<Order>(),
    library: { encode: (order) => packr.pack(order), decode: (bytes) => packr.unpack(bytes) },
  };
};

const msgpackRecordsFormat = (): Format<Order> => {
  const records = [Object.keys(plain)];
  const packr = new Packr({ structures: records.map((names) => [...names]) });
  return {
    name: 'msgpack-records',
    order: plain,
    serde: msgpack<Order>({ records }),
    library: { encode: (order) => packr.pack(order), decode: (bytes) => packr.unpack(bytes) },
  };
};

const protobufFormat: Format<Shipment> = {
  name: 'protobuf',
  order: create(ShipmentSchema, { ...plain, placed: BigInt(plain.placed) }),
  serde: protobuf(ShipmentSchema),
  library: {
    encode: (order) => toBinary(ShipmentSchema, order),
    decode: (bytes) => fromBinary(ShipmentSchema, bytes),
  },
};

const protobufjsFormat = (): Format<Order> => {
  const proto = fileURLToPath(new URL('../../../../packages/test-support/protos/shipment.proto', import.meta.url));
  const type = protobufjs.loadSync(proto).lookupType('shop.Shipment');
  const library = {
    encode: (order: Order) => type.encode(order).finish(),
    decode: (bytes: Uint8Array) => type.decode(bytes) as unknown as Order,
  };
  return { name: 'protobufjs', order: plain, serde: protobuf<Order>(library), library };
};

/** The formats in separate packages, and JSON. */
export const formats: readonly Benchmark[] = [
  benchmarkOf(jsonFormat),
  benchmarkOf(jsonSchemaFormat()),
  benchmarkOf(avroFormat()),
  benchmarkOf(msgpackFormat()),
  benchmarkOf(msgpackRecordsFormat()),
  benchmarkOf(protobufFormat),
  benchmarkOf(protobufjsFormat()),
];
