/** The bytes that `@confluentinc/schemaregistry` 1.10.1 wrote for the same schemas and values. */
import { create } from '@bufbuild/protobuf';
import { expect, test } from '@jest/globals';
import { avro } from '@kstreams/avro';
import { retryPending, type Serde } from '@kstreams/core/graph';
import { protobuf } from '@kstreams/protobuf';
import { fakeRegistry } from '@kstreams/test-support/fake-registry';
import {
  Order_LineSchema,
  OrderSchema,
  Refund_ReasonSchema,
  RefundSchema,
} from '@kstreams/test-support/protobuf/v1/shop_pb';
import { schemaRegistry } from './index.js';
import { jsonSchema } from './json-schema.js';

const at = { topic: 'orders', headers: [] };
const order = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'cents', type: 'long' },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
});
const json = jsonSchema<{ id: string }>({
  type: 'object',
  title: 'Order',
  properties: { id: { type: 'string' } },
  required: ['id'],
});
const registry = () => schemaRegistry({ url: 'http://registry', fetch: fakeRegistry().fetch });

interface Golden {
  readonly title: string;
  readonly write: () => Promise<Uint8Array>;
  readonly bytes: string;
}

const golden = <T>(title: string, serde: Serde<T>, value: T, bytes: string): Golden => ({
  title,
  write: () => retryPending(() => serde.encode(value, at)),
  bytes,
});

test.each([
  golden('Avro', registry().serde(order), { id: 'o-1', cents: 500, note: 'n' }, '0000000001066f2d31e80702026e'),
  golden(
    'the first Protobuf message',
    registry().serde(protobuf(OrderSchema)),
    create(OrderSchema, { id: 'o-1', cents: 5n }),
    '0000000001000a036f2d311005',
  ),
  golden(
    'the second Protobuf message',
    registry().serde(protobuf(RefundSchema)),
    create(RefundSchema, { id: 'r-1' }),
    '000000000102020a03722d31',
  ),
  golden(
    'a nested Protobuf message',
    registry().serde(protobuf(Order_LineSchema)),
    create(Order_LineSchema, { sku: 'tea', amount: 3 }),
    '00000000010400000a037465611003',
  ),
  golden(
    'a message nested in the second one',
    registry().serde(protobuf(Refund_ReasonSchema)),
    create(Refund_ReasonSchema, { text: 'x' }),
    '00000000010402000a0178',
  ),
  golden('JSON Schema', registry().serde(json), { id: 'o-1' }, '00000000017b226964223a226f2d31227d'),
])('$title has the same bytes', async ({ write, bytes }) => {
  expect(Buffer.from(await write()).toString('hex')).toBe(bytes);
});
