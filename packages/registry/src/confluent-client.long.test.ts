/** Confluent's own client, on a real registry: the same bytes in both directions. `.ci/confluent` installs it. */
import { createRequire } from 'node:module';
import { create, createMutableRegistry, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { expect, test } from '@jest/globals';
import { avro } from '@kstreams/avro';
import { retryPending, type SchemaSerde } from '@kstreams/core/graph';
import { protobuf } from '@kstreams/protobuf';
import { PaymentSchema } from '@kstreams/test-support/protobuf/payment_pb';
import {
  Order_LineSchema,
  OrderSchema,
  Refund_ReasonSchema,
  RefundSchema,
} from '@kstreams/test-support/protobuf/v1/shop_pb';
import { describeWith } from '@kstreams/test-support/services';
import { schemaRegistry } from './index.js';
import { jsonSchema } from './json-schema.js';

/** The used part of the client. It is not installed with the repository, and so are its types. */
interface ConfluentClient {
  readonly SchemaRegistryClient: new (options: object) => object;
  readonly SerdeType: { readonly VALUE: number };
  readonly AvroSerializer: SerializerClass;
  readonly AvroDeserializer: DeserializerClass;
  readonly JsonSerializer: SerializerClass;
  readonly JsonDeserializer: DeserializerClass;
  readonly ProtobufSerializer: SerializerClass;
  readonly ProtobufDeserializer: DeserializerClass;
}
type SerializerClass = new (
  client: object,
  type: number,
  options: object,
) => { serialize(topic: string, value: unknown): Promise<Buffer> };
type DeserializerClass = new (
  client: object,
  type: number,
  options: object,
) => { deserialize(topic: string, bytes: Buffer): Promise<unknown> };

const order = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'cents', type: 'long' },
    { name: 'total', type: 'double' },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'tags', type: { type: 'map', values: { type: 'array', items: 'int' } } },
  ],
});
const json = jsonSchema<object>({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  title: 'Order',
  properties: { id: { type: 'string' }, lines: { type: 'array', items: { type: 'number' } } },
  required: ['id'],
});

describeWith('registry', 'on a registry', (url) => {
  describeWith('confluent', 'the client of Confluent', (folder) => {
    const load = (): ConfluentClient => createRequire(`${folder}/package.json`)('@confluentinc/schemaregistry');

    interface Sides<T> {
      readonly serde: SchemaSerde<T>;
      readonly values: readonly T[];
      readonly serializer: (of: ConfluentClient) => SerializerClass;
      readonly deserializer: (of: ConfluentClient) => DeserializerClass;
      /** Returns a value as their deserializer returns it: Protobuf messages have another prototype there. */
      readonly plain?: (value: unknown) => unknown;
      readonly options?: object;
    }

    const law = async <T>({ deserializer, options, plain = (value) => value, serde, serializer, values }: Sides<T>) => {
      const client = load();
      const topic = `orders-${crypto.randomUUID()}`;
      const ours = schemaRegistry({ url }).serde(serde);
      await ours.prepare?.({ topic, part: 'value' });
      const theirs = new client.SchemaRegistryClient({ baseURLs: [url] });
      const writer = new (serializer(client))(theirs, client.SerdeType.VALUE, {
        autoRegisterSchemas: false,
        useLatestVersion: true,
        ...options,
      });
      const reader = new (deserializer(client))(theirs, client.SerdeType.VALUE, {});
      for (const value of values) {
        const at = { topic, headers: [] };
        const bytes = ours.encode(value, at);
        const written = await writer.serialize(topic, value);
        expect(Buffer.from(bytes).toString('hex')).toBe(written.toString('hex'));
        expect(await retryPending(() => ours.decode(new Uint8Array(written), at))).toEqual(value);
        expect(plain(await reader.deserialize(topic, Buffer.from(bytes)))).toEqual(plain(value));
      }
    };

    test('writes and reads the same Avro', () =>
      law({
        serde: order,
        values: [
          { id: 'o-1', cents: 500, total: 1.5, note: 'ü', tags: { a: [1, 2], b: [] } },
          { id: '', cents: -(2 ** 40), total: -0.1, note: null, tags: {} },
        ],
        serializer: (client) => client.AvroSerializer,
        deserializer: (client) => client.AvroDeserializer,
        plain: (value) => JSON.parse(JSON.stringify(value)),
      }));

    test('writes and reads the same JSON', () =>
      law({
        serde: json,
        values: [{ id: 'ü', lines: [1.5, -2] }, { id: '' }],
        serializer: (client) => client.JsonSerializer,
        deserializer: (client) => client.JsonDeserializer,
      }));

    const messages = <D extends DescMessage>(
      schema: D,
      ...values: readonly MessageShape<D>[]
    ): Sides<MessageShape<D>> => ({
      serde: protobuf(schema),
      values,
      serializer: (client) => client.ProtobufSerializer,
      deserializer: (client) => client.ProtobufDeserializer,
      options: { registry: createMutableRegistry(schema) },
      plain: (value) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)),
    });

    test.each([
      { name: 'first message', sides: messages(OrderSchema, create(OrderSchema, { id: 'o-1', cents: 5n })) },
      { name: 'second message', sides: messages(RefundSchema, create(RefundSchema, { id: 'r-1' })) },
      {
        name: 'nested message',
        sides: messages(Order_LineSchema, create(Order_LineSchema, { sku: 'tea', amount: 3 })),
      },
      { name: 'message nested in the second', sides: messages(Refund_ReasonSchema, create(Refund_ReasonSchema)) },
      { name: 'message of a file with imports', sides: messages(PaymentSchema, create(PaymentSchema, { cents: 5n })) },
    ])('writes and reads the same Protobuf $name', ({ sides }) => law(sides as Sides<unknown>));
  });
});
