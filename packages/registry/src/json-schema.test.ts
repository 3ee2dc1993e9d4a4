import { expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import { serdeChecks } from '@kstreams/testing';
import { jsonSchema } from './json-schema.js';

const at = { topic: 'orders', headers: [] };

interface Order {
  readonly id: string;
}
const order = jsonSchema<Order>({
  type: 'object',
  title: 'Order',
  properties: { id: { type: 'string', minLength: 1 } },
  required: ['id'],
});

test.each(
  serdeChecks(order, {
    values: [{ id: 'a' }, { id: 'ü' }],
    refused: [{}, { id: '' }, { id: 5 }, 'text'],
    earlier: [{ bytes: new TextEncoder().encode('{ "id": "a", "gone": 1 }'), value: { id: 'a', gone: 1 } as Order }],
  }),
)('$name', ({ run }) => run());

test('checks values both ways and names the refused part', () => {
  expect(order.decode(order.encode({ id: 'a' }, at), at)).toEqual({ id: 'a' });
  expect(() => order.encode({ id: '' }, at)).toThrow('/id must NOT have fewer than 1 characters (topic orders)');
  expect(() => order.encode({} as never, at)).toThrow("the value must have required property 'id'");
  expect(() => order.decode(new TextEncoder().encode('{}'), at)).toThrow('(topic orders)');
  expect(() => order.decode(new TextEncoder().encode('{'), at)).toThrow('(topic orders)');
  expect(order.recordName).toBe('Order');
});

test('draft 2020-12 is known, and an unknown format is refused', () => {
  const tuple = jsonSchema<[number]>({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'array',
    prefixItems: [{ type: 'number' }],
    items: false,
    minItems: 1,
  });
  expect(() => tuple.encode(['a'] as never, at)).toThrow('/0 must be number');
  expect(() => jsonSchema({ type: 'string', format: 'no-such' })).toThrow(ConfigError);
});
