/** Serdes with a real schema registry, in whole applications on the embedded log. */

import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { avro } from '@kstreams/avro';
import type { SchemaSerde } from '@kstreams/core/graph';
import { protobuf } from '@kstreams/protobuf';
import { schemaRegistry } from '@kstreams/registry';
import { jsonSchema } from '@kstreams/registry/json-schema';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { PaymentSchema } from '@kstreams/test-support/protobuf/payment_pb';
import { OrderSchema } from '@kstreams/test-support/protobuf/v1/shop_pb';
import { OrderSchema as OrderSchemaV2, RefundSchema } from '@kstreams/test-support/protobuf/v2/shop_pb';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { describeWith } from '@kstreams/test-support/services';
import {
  embedded,
  fromAsyncIterable,
  memory,
  type Serde,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';
import { fromUtf8 } from 'kstreams/authors';

const idV1 = { name: 'id', type: 'string' } as const;
const v1 = avro({ type: 'record', name: 'Order', namespace: 'shop', fields: [idV1] });
const v2 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [idV1, { name: 'note', type: 'string', default: 'none' }],
});
const incompatible = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [idV1, { name: 'cents', type: 'long' }],
});

const jsonOrder = <T>(properties: object) =>
  jsonSchema<T>({ type: 'object', title: 'Order', properties, required: ['id'] });
const text = { type: 'string' };
interface Order {
  readonly id: string;
}
interface NotedOrder extends Order {
  readonly note?: string;
}

const logWith = async (...names: readonly string[]): Promise<Transport> => {
  const log = embedded();
  const admin = await log.admin();
  await admin.create(names.map((name) => ({ name, partitions: 1, config: {} })));
  await admin.close();
  return log;
};

const write = async <T>(log: Transport, name: string, serde: Serde<T>, values: readonly T[]): Promise<void> => {
  const entries = async function* () {
    for (const value of values) yield { key: 'k', value, timestamp: 1 };
  };
  await fromAsyncIterable(entries(), topic(name, { key: string, value: serde }), { transport: log });
};

/** Runs an application that writes what a function returns for each value. Returns the written texts. */
const read = async <T>(
  log: Transport,
  name: string,
  serde: Serde<T>,
  count: number,
  show: (value: T) => string,
  application = 'reader',
) => {
  const output = `${name}-${application}-shown`;
  const admin = await log.admin();
  await admin.create([{ name: output, partitions: 1, config: {} }]);
  await admin.close();
  const app = streams(`${name}-${application}`);
  app
    .stream(topic(name, { key: string, value: serde }))
    .mapValues(show, { value: string })
    .to(topic(output, { key: string, value: string }));
  const running = await start(app, { transport: log, state: memory(), commitInterval: '1ms', logger: quiet });
  await awaitCommitted(log, running, { topic: name, partition: 0 }, count);
  await running.close();
  return (await readTopic(log, output)).map(({ value }) => fromUtf8(value as Uint8Array));
};

describeWith('registry', 'a schema registry', (url) => {
  /** Returns the name of a new topic, and so of a new subject. */
  const fresh = () => `orders-${crypto.randomUUID()}`;
  /** A client that has no schema yet. */
  const client = () => schemaRegistry({ url });

  describe('records of two versions in one topic are read by either version', () => {
    const law = async <A extends Order, B extends NotedOrder>(
      [older, old]: readonly [SchemaSerde<A>, A],
      [newer, noted]: readonly [SchemaSerde<B>, B],
      missingNote: string | undefined,
    ): Promise<void> => {
      const name = fresh();
      const log = await logWith(name);
      await write(log, name, client().serde(older), [old]);
      await write(log, name, client().serde(newer), [noted]);
      await write(log, name, client().serde(older), [old]);
      const byNewer = await read(log, name, client().serde(newer), 3, ({ id, note }) => `${id} ${note}`);
      expect(byNewer).toEqual([`a ${missingNote}`, 'b n', `a ${missingNote}`]);
      const byOlder = await read(log, name, client().serde(older), 3, ({ id }) => id, 'older-reader');
      expect(byOlder).toEqual(['a', 'b', 'a']);
    };

    test('of Avro', () => law([v1, { id: 'a' }], [v2, { id: 'b', note: 'n' }], 'none'));

    test('of Protobuf', () =>
      law(
        [protobuf(OrderSchema), create(OrderSchema, { id: 'a' })],
        [protobuf(OrderSchemaV2), create(OrderSchemaV2, { id: 'b', note: 'n' })],
        '',
      ));

    test('of JSON Schema', () =>
      law(
        [jsonOrder<Order>({ id: text }), { id: 'a' }],
        [jsonOrder<NotedOrder>({ id: text, note: text }), { id: 'b', note: 'n' }],
        undefined,
      ));
  });

  test('an application with an incompatible schema does not start', async () => {
    const name = fresh();
    const log = await logWith(name, `${name}-in`);
    await client().serde(v1).prepare?.({ topic: name, part: 'value' });
    await fetch(`${url}/config/${name}-value`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"compatibility":"BACKWARD"}',
    });
    const app = streams('incompatible');
    app
      .stream(topic(`${name}-in`, { key: string, value: string }))
      .mapValues((id) => ({ id, cents: 5 }), { value: client().serde(incompatible) })
      .to(topic(name, { key: string, value: client().serde(incompatible) }));
    await expect(start(app, { transport: log, state: memory() })).rejects.toThrow(/cannot encode the value .*409/);
  });

  test('a Protobuf file is registered behind those that it imports', async () => {
    const name = fresh();
    const log = await logWith(name);
    const payment = create(PaymentSchema, { order: 'o-1', cents: 5n });
    await write(log, name, client().serde(protobuf(PaymentSchema)), [payment]);
    const response = await fetch(`${url}/subjects/${name}-value/versions/latest`);
    const { references } = (await response.json()) as { readonly references: readonly { readonly name: string }[] };
    expect(references).toEqual([expect.objectContaining({ name: 'buf/validate/validate.proto' })]);
    const shown = await read(log, name, client().serde(protobuf(PaymentSchema)), 1, ({ order }) => order);
    expect(shown).toEqual(['o-1']);
  });

  test('a Protobuf message of another type is refused by name', async () => {
    const name = fresh();
    const log = await logWith(name);
    await write(log, name, client().serde(protobuf(RefundSchema)), [create(RefundSchema, { id: 'a' })]);
    const failed = read(log, name, client().serde(protobuf(OrderSchema)), 1, ({ id }) => id);
    await expect(failed).rejects.toThrow('the bytes hold a message shop.Refund, not shop.Order');
  });

  test('JSON Schemas are registered and checked', async () => {
    const name = fresh();
    const log = await logWith(name);
    const schema = jsonSchema<{ id: string }>({
      type: 'object',
      properties: { id: { type: 'string' } },
      required: ['id'],
    });
    await write(log, name, client().serde(schema), [{ id: 'a' }]);
    expect(await read(log, name, client().serde(schema), 1, ({ id }) => id)).toEqual(['a']);
  });

  test('the latest version is required, or an id', async () => {
    const name = fresh();
    const at = { topic: name, part: 'value' } as const;
    await client().serde(v1).prepare?.(at);
    await client().serde(v1, { write: 'latest' }).prepare?.(at);
    await client().serde(v2).prepare?.(at);
    await expect(client().serde(v1, { write: 'latest' }).prepare?.(at)).rejects.toThrow('whose latest version is');
  });

  test('a state store keeps the ids of its schemas', async () => {
    const name = fresh();
    const log = await logWith(name);
    const value = client().serde(v2);
    await write(log, name, value, [
      { id: 'a', note: 'x' },
      { id: 'a', note: 'y' },
    ]);
    const counted = async (until: number) => {
      const app = streams(`${name}-kept`);
      const serde = client().serde(v2);
      const notes = app
        .stream(topic(name, { key: string, value: serde }))
        .groupByKey()
        .reduce((a, b) => ({ id: b.id, note: a.note + b.note }), { name: 'notes', value: serde });
      const running = await start(app, { transport: log, state: memory(), commitInterval: '1ms', logger: quiet });
      await awaitCommitted(log, running, { topic: name, partition: 0 }, until);
      const found = running.view(notes).get('k');
      await running.close();
      return found;
    };
    expect(await counted(2)).toMatchObject({ note: 'xy' });
    await write(log, name, value, [{ id: 'a', note: 'z' }]);
    expect(await counted(3)).toMatchObject({ note: 'xyz' });
  });
});
