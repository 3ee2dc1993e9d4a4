import { create, toBinary } from '@bufbuild/protobuf';
import { BytesValueSchema } from '@bufbuild/protobuf/wkt';
import { createValidator } from '@bufbuild/protovalidate';
import { describe, expect, test } from '@jest/globals';
import { PaymentSchema } from '@kstreams/test-support/protobuf/payment_pb';
import {
  OrderSchema,
  type Refund,
  Refund_ReasonSchema,
  RefundSchema,
} from '@kstreams/test-support/protobuf/v1/shop_pb';
import { OrderSchema as OrderSchemaV2 } from '@kstreams/test-support/protobuf/v2/shop_pb';
import { same } from '@kstreams/test-support/type-of';
import { serdeChecks } from '@kstreams/testing';
import protobufjs from 'protobufjs';
import { protobuf } from './index.js';

const at = { topic: 'orders', headers: [] };

const order = create(OrderSchema, {
  id: 'o-1',
  cents: 2n ** 62n,
  lines: [{ sku: 'tea', amount: 3 }],
  tags: { new: 1 },
  paid: { case: 'card', value: 'x' },
});

describe('a descriptor', () => {
  // A message ends where its bytes end, so a part of it may be a message too.
  test.each(
    serdeChecks(protobuf(OrderSchema), {
      values: [create(OrderSchema), order],
      refused: [{ id: 'o-1' }, create(RefundSchema), { ...order, lines: [5] }],
      anyLength: true,
    }),
  )('$name', ({ run }) => run());

  test('gives the type', () => {
    const refunds = protobuf(RefundSchema);
    same<ReturnType<typeof refunds.decode>, Refund>(true);
    // @ts-expect-error: a plain object is no message
    expect(() => protobuf(OrderSchema).encode({ id: 'o-1' }, at)).toThrow('make it with create(…) (topic orders)');
  });

  test('truncated bytes are refused', () => {
    const bytes = protobuf(OrderSchema).encode(order, at);
    expect(() => protobuf(OrderSchema).decode(bytes.subarray(0, 3), at)).toThrow('(topic orders)');
  });

  test('deeply nested bytes are refused', () => {
    expect(() => protobuf(OrderSchema).decode(new Uint8Array(200_000).fill(0x0b), at)).toThrow('(topic orders)');
  });

  test('the same descriptor gives the same serde', () => {
    expect(protobuf(OrderSchema)).toBe(protobuf(OrderSchema));
  });
});

test.each(
  serdeChecks(protobuf(OrderSchemaV2), {
    values: [create(OrderSchemaV2, { id: 'o-1', note: 'fragile' })],
    earlier: [
      {
        bytes: protobuf(OrderSchema).encode(create(OrderSchema, { id: 'o-1' }), at),
        value: create(OrderSchemaV2, { id: 'o-1' }),
      },
    ],
    anyLength: true,
  }),
)('of a newer version: $name', ({ run }) => run());

test('fields of a newer version survive an older one', () => {
  const [v1, v2] = [protobuf(OrderSchema), protobuf(OrderSchemaV2)];
  const written = v2.encode(create(OrderSchemaV2, { id: 'o-1', note: 'fragile' }), at);
  expect(v2.decode(v1.encode(v1.decode(written, at), at), at).note).toBe('fragile');
  expect(v2.decode(v1.encode(order, at), at)).toMatchObject({ id: 'o-1', note: '' });
});

describe('memory', () => {
  test.each(
    serdeChecks(protobuf(BytesValueSchema), {
      values: [create(BytesValueSchema, { value: Uint8Array.of(1, 2, 3) })],
      anyLength: true,
    }),
  )('of a field of bytes: $name', ({ run }) => run());

  test('of an unknown field is a copy', () => {
    const written = protobuf(OrderSchemaV2).encode(create(OrderSchemaV2, { id: 'o-1', note: 'fragile' }), at);
    const decoded = protobuf(OrderSchema).decode(written, at);
    written.fill(0);
    const again = protobuf(OrderSchema).encode(decoded, at);
    expect(protobuf(OrderSchemaV2).decode(again, at).note).toBe('fragile');
  });
});

describe('with protovalidate', () => {
  const payments = protobuf(PaymentSchema, { validator: createValidator() });
  const payment = create(PaymentSchema, { order: 'o-1', cents: 5n });
  const free = create(PaymentSchema, { order: 'o-1' });

  test.each(serdeChecks(payments, { values: [payment], refused: [free, create(PaymentSchema)], anyLength: true }))(
    '$name',
    ({ run }) => run(),
  );

  test('a message that breaks a rule is refused both ways, with its field', () => {
    const message = 'the validator refused the message: cents: must be greater than 0 [int64.gt] (topic orders)';
    expect(() => payments.encode(free, at)).toThrow(message);
    expect(() => payments.decode(protobuf(PaymentSchema).encode(free, at), at)).toThrow(message);
  });

  test('a serde without a validator takes it', () => {
    const unchecked = protobuf(PaymentSchema);
    expect(unchecked.decode(unchecked.encode(free, at), at)).toEqual(free);
  });
});

describe('the codec of protobufjs', () => {
  interface Price {
    readonly cents: number;
    readonly seal?: Uint8Array;
  }
  const { root } = protobufjs.parse('syntax = "proto3"; message Price { int32 cents = 1; bytes seal = 2; }');
  const type = root.lookupType('Price');
  const serde = protobuf<Price>({
    encode: (message) => type.encode(message),
    decode: (bytes) => type.toObject(type.decode(bytes)) as Price,
  });

  test.each(serdeChecks(serde, { values: [{ cents: 5 }, { cents: -1, seal: Uint8Array.of(1) }], anyLength: true }))(
    '$name',
    ({ run }) => run(),
  );
});

test('bytes that are nested too deeply for protobufjs are refused', () => {
  const { root } = protobufjs.parse('syntax = "proto3"; message Node { Node next = 1; }');
  const type = root.lookupType('Node');
  const serde = protobuf<object>({ encode: (message) => type.encode(message), decode: (bytes) => type.decode(bytes) });
  // Each level holds the lengths of all deeper ones.
  let nested: Uint8Array = new Uint8Array(0);
  for (let level = 0; level < 6_000; level++) {
    const length = level === 0 ? [0] : [...protobufjs.Writer.create().uint32(nested.length).finish()];
    nested = Uint8Array.of(0x0a, ...length, ...nested);
  }
  expect(nested.length).toBeGreaterThan(21_000 / 2);
  expect(() => serde.decode(nested, at)).toThrow('(topic orders)');
});

describe('the payload in a registry', () => {
  const proto = `
    syntax = "proto3"; // package other;
    package shop;
    /* message Comment { */
    import "google/protobuf/timestamp.proto";
    option java_package = "a { message B {} }";
    message Order {
      option deprecated = true;
      oneof paid { string card = 5; bool cash = 6; }
      enum State { NEW = 0; }
      message Line { string sku = 1; }
      repeated Line lines = 3 [(rule) = { message: "x" }];
      map<string, int32> tags = 4;
    }
    service Orders { rpc Get (Order) returns (Order) { option idempotent = true; } }
    message Refund { message Reason { string text = 1; } Reason reason = 2; }`;

  test.each([
    { name: 'the first message', schema: OrderSchema, prefix: [0] },
    { name: 'the second message', schema: RefundSchema, prefix: [2, 2] },
    { name: 'a nested message', schema: Refund_ReasonSchema, prefix: [4, 2, 0] },
  ])('begins with the indexes of $name', ({ schema, prefix }) => {
    const serde = protobuf(schema);
    const message = create(schema);
    const payload = serde.encodePayload(message, at);
    expect([...payload]).toEqual([...prefix, ...toBinary(schema, message)]);
    for (const text of [proto, serde.schema.text]) {
      expect(serde.payloadDecoder({ type: 'PROTOBUF', text })(payload, at)).toEqual(message);
    }
  });

  test('may spell out the index of the first message', () => {
    const decode = protobuf(OrderSchema).payloadDecoder({ type: 'PROTOBUF', text: proto });
    expect(decode(Uint8Array.of(2, 0, ...toBinary(OrderSchema, order)), at)).toEqual(order);
  });

  test('of another message is refused', () => {
    const decode = protobuf(OrderSchema).payloadDecoder({ type: 'PROTOBUF', text: proto });
    const refund = protobuf(RefundSchema).encodePayload(create(RefundSchema), at);
    expect(() => decode(refund, at)).toThrow('the bytes hold a message shop.Refund, not shop.Order (topic orders)');
  });

  test.each([[[]], [[0x80]], [[1]], [[2, 9]], [[0xff, 0xff, 0xff, 0xff, 0x0f]], [[20, ...new Array(10).fill(2)]]])(
    'with malformed indexes %p is refused',
    (bytes) => {
      const decode = protobuf(OrderSchema).payloadDecoder({ type: 'PROTOBUF', text: proto });
      expect(() => decode(Uint8Array.from(bytes), at)).toThrow('(topic orders)');
    },
  );

  test('of a schema without messages is refused', () => {
    const { payloadDecoder } = protobuf(OrderSchema);
    expect(() => payloadDecoder({ type: 'PROTOBUF', text: 'syntax = "proto3";' })).toThrow('has no messages');
  });
});
