import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { avro } from '@kstreams/avro';
import {
  ConfigError,
  Pending,
  type RegistryReference,
  type RegistrySchema,
  retryPending,
  type SchemaSerde,
  type Serde,
} from '@kstreams/core/graph';
import { protobuf } from '@kstreams/protobuf';
import { string } from '@kstreams/serde';
import { fakeRegistry } from '@kstreams/test-support/fake-registry';
import { Order_LineSchema, OrderSchema } from '@kstreams/test-support/protobuf/v1/shop_pb';
import { TestClock } from '@kstreams/testing';
import { RegistryError, type RegistryOptions, schemaRegistry } from './index.js';
import { jsonSchema } from './json-schema.js';

const at = { topic: 'orders', headers: [] };
const value = { topic: 'orders', part: 'value' } as const;

const v1 = avro({ type: 'record', name: 'Order', namespace: 'shop', fields: [{ name: 'id', type: 'string' }] });
const v2 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'note', type: 'string', default: '' },
  ],
});

const opened = (options: Partial<RegistryOptions> = {}) => {
  const fake = fakeRegistry();
  const clock = new TestClock();
  return {
    ...fake,
    clock,
    registry: schemaRegistry({ url: 'http://registry/', clock, fetch: fake.fetch, ...options }),
  };
};

/** Lets the pauses of repeated requests pass, until a promise settles. */
const withTime = async <T>(clock: TestClock, promise: Promise<T>): Promise<T> => {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  while (!settled) {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    if (!settled) clock.advance(50);
  }
  return promise;
};

const decodeAll = <T>(serde: Serde<T>, all: readonly Uint8Array[]) =>
  Promise.all(all.map((bytes) => retryPending(() => serde.decode(bytes, at))));

describe('writing', () => {
  test('registers the schema at the start and writes its id before the payload', async () => {
    const { registry, requests } = opened();
    const orders = registry.serde(v1);
    await orders.prepare?.(value);
    expect([...orders.encode({ id: 'a' }, at)]).toEqual([0, 0, 0, 0, 1, 2, 0x61]);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /subjects/orders-value/versions']);
  });

  test.each([
    ['topic', 'orders-key'],
    ['record', 'shop.Order'],
    ['topic-record', 'orders-shop.Order'],
  ] as const)('by %s uses subject %s', async (subject, expected) => {
    const { registry, requests } = opened();
    await registry.serde(v1, { subject }).prepare?.({ topic: 'orders', part: 'key' });
    expect(requests[0]?.path).toBe(`/subjects/${expected}/versions`);
  });

  test('refuses to start with an incompatible schema, in the words of the registry', async () => {
    const { registry } = opened();
    const wrong = avro<object>({ type: 'record', name: 'incompatible', fields: [] });
    await expect(registry.serde(wrong).prepare?.(value)).rejects.toThrow(
      'POST http://registry/subjects/orders-value/versions: 409 READER_FIELD_MISSING_DEFAULT_VALUE at /fields/1',
    );
  });

  test('a record for a topic chosen later waits for its id', async () => {
    const { registry, requests } = opened();
    const orders = registry.serde(v1);
    const bytes = await retryPending(() => orders.encode({ id: 'a' }, at));
    expect(bytes.length).toBe(7);
    expect(requests).toHaveLength(1);
  });

  test('by the latest version, or by an id, refuses any other schema', async () => {
    const { registry, fetch } = opened();
    await expect(registry.serde(v1, { write: 'latest' }).prepare?.(value)).rejects.toThrow(
      'subject "orders-value" does not have the schema of the code, whose latest version is none',
    );
    await registry.serde(v1).prepare?.(value);
    await registry.serde(v1, { write: 'latest' }).prepare?.(value);
    await registry.serde(v1, { write: 1 }).prepare?.(value);
    await registry.serde(v2).prepare?.(value);
    const again = schemaRegistry({ url: 'http://registry', fetch });
    await expect(again.serde(v1, { write: 'latest' }).prepare?.(value)).rejects.toThrow(
      'subject "orders-value" has as 1 the schema of the code, whose latest version is 2',
    );
    await expect(again.serde(v1, { write: 2 }).prepare?.(value)).rejects.toThrow('where 2 is expected');
  });

  test('a key and a value of one topic may share a serde while their ids are equal', async () => {
    const line = opened().registry.serde(protobuf(Order_LineSchema));
    await line.prepare?.({ topic: 'orders', part: 'key' });
    await expect(line.prepare?.(value)).resolves.toBeUndefined();
  });

  test('a key and a value of one topic with two ids are refused', async () => {
    let id = 0;
    const { registry } = opened({ fetch: async () => new Response(JSON.stringify({ id: ++id })) });
    const line = registry.serde(protobuf(Order_LineSchema));
    await line.prepare?.({ topic: 'orders', part: 'key' });
    await expect(line.prepare?.(value)).rejects.toThrow(
      'the key and the value of topic "orders" have the ids 1 and 2: use two serdes',
    );
  });
});

describe('reading', () => {
  test('both versions are read by both', async () => {
    const { registry } = opened();
    const [old, current] = [registry.serde(v1), registry.serde(v2)];
    for (const serde of [old, current]) await serde.prepare?.(value);
    const written = [old.encode({ id: 'a' }, at), current.encode({ id: 'b', note: 'n' }, at)];
    expect(await decodeAll(current, written)).toEqual([
      { id: 'a', note: '' },
      { id: 'b', note: 'n' },
    ]);
    expect(await decodeAll(old, written)).toEqual([{ id: 'a' }, { id: 'b' }]);
  });

  test('500 records with an unknown id make one request, and later ones none', async () => {
    const { registry, requests, fetch } = opened();
    const writer = registry.serde(v1);
    await writer.prepare?.(value);
    const bytes = writer.encode({ id: 'a' }, at);
    const before = requests.length;
    const reader = schemaRegistry({ url: 'http://registry', fetch }).serde(v1);
    await decodeAll(
      reader,
      Array.from({ length: 500 }, () => bytes),
    );
    expect(requests.length - before).toBe(1);
    expect(reader.decode(bytes, at)).toEqual({ id: 'a' });
  });

  test('the schemas of a batch are fetched before it is decoded', async () => {
    const { registry, fetch } = opened();
    const writer = registry.serde(v1);
    await writer.prepare?.(value);
    const bytes = writer.encode({ id: 'a' }, at);
    const reader = schemaRegistry({ url: 'http://registry', fetch }).serde(v1);
    await reader.prefetch?.([bytes, Uint8Array.of(1, 2), Uint8Array.of(0, 0, 0, 0, 99)]);
    expect(reader.decode(bytes, at)).toEqual({ id: 'a' });
    expect(reader.prefetch?.([bytes])).toBeUndefined();
  });

  test('an unknown id is not requested again for 5 seconds', async () => {
    const { registry, requests, clock } = opened();
    const serde = registry.serde(v1);
    const read = () => retryPending(() => serde.decode(Uint8Array.of(0, 0, 0, 0, 9, 1), at));
    await expect(read()).rejects.toThrow('404 Schema 9 not found');
    await expect(read()).rejects.toThrow(RegistryError);
    expect(requests).toHaveLength(1);
    clock.advance(5_000);
    await expect(read()).rejects.toThrow(RegistryError);
    expect(requests).toHaveLength(2);
  });

  test('a schema comes with those that it refers to, at their versions and any depth', async () => {
    const schemaOf = (text: string, ...references: RegistryReference[]): RegistrySchema => ({
      type: 'AVRO',
      text,
      references,
    });
    const country = { name: 'country', schema: schemaOf('country 1') };
    const city = { name: 'city', schema: schemaOf('city 1', country) };
    const written = schemaOf('order', city, country);
    const read: RegistrySchema[] = [];
    const plain: SchemaSerde<string> = {
      ...string,
      schema: written,
      recordName: 'order',
      encodePayload: string.encode,
      payloadDecoder: (writer) => {
        read.push(writer);
        return string.decode;
      },
    };
    const { registry, fetch } = opened();
    const newer = { ...plain, schema: schemaOf('country 2') };
    await registry.serde(plain).prepare?.(value);
    // A later version of a reference changes nothing for the schema that named the earlier one.
    await registry.serde(newer, { subject: 'record' }).prepare?.({ topic: 'country', part: 'value' });
    const bytes = registry.serde(plain).encode('a', at);
    const reader = schemaRegistry({ url: 'http://registry', fetch }).serde(plain);
    expect(await decodeAll(reader, [bytes])).toEqual(['a']);
    expect(read).toEqual([written]);
  });

  test('an id stands for another schema in another registry', async () => {
    const [one, other] = [opened(), opened()];
    const [older, newer] = [one.registry.serde(v1), other.registry.serde(v2)];
    for (const serde of [older, newer]) await serde.prepare?.(value);
    const written = [older.encode({ id: 'a' }, at), newer.encode({ id: 'b', note: 'n' }, at)] as const;
    expect(written.map(([, , , , id]) => id)).toEqual([1, 1]);
    expect(await decodeAll(one.registry.serde(v2), [written[0]])).toEqual([{ id: 'a', note: '' }]);
    expect(await decodeAll(other.registry.serde(v2), [written[1]])).toEqual([{ id: 'b', note: 'n' }]);
  });

  test('a schema of another type is refused', async () => {
    const { registry } = opened();
    const lines = registry.serde(protobuf(Order_LineSchema));
    await lines.prepare?.(value);
    const bytes = lines.encode(create(Order_LineSchema, { sku: 'tea' }), at);
    await expect(decodeAll(registry.serde(v1), [bytes])).rejects.toThrow('schema 1 is of type PROTOBUF, not AVRO');
    expect(await decodeAll(lines, [bytes])).toEqual([create(Order_LineSchema, { sku: 'tea' })]);
  });

  test.each([[[]], [[0, 0, 0]], [[1, 0, 0, 0, 1, 5]]])('bytes without an id are refused: %p', (bytes) => {
    const { registry } = opened();
    const decode = () => registry.serde(v1).decode(Uint8Array.from(bytes), at);
    expect(decode).toThrow(
      'the bytes have no id of a schema: they were written without a schema registry (topic orders)',
    );
  });

  test('a payload that does not fit its schema is refused with the topic', async () => {
    const { registry } = opened();
    const serde = registry.serde(v1);
    await serde.prepare?.(value);
    const bytes = serde.encode({ id: 'abc' }, at).subarray(0, 7);
    await expect(decodeAll(serde, [bytes])).rejects.toThrow('the bytes are truncated (topic orders)');
  });
});

describe('requests', () => {
  const failWith = (status: number) => () => new Response('<html>busy</html>', { status });

  test.each([408, 425, 429, 500, 503])('are repeated after status %i', async (status) => {
    const { registry, requests, failures, clock } = opened();
    failures.push(failWith(status), failWith(status));
    await withTime(clock, registry.serde(v1).prepare?.(value) as Promise<void>);
    expect(requests).toHaveLength(3);
  });

  test('are repeated after a lost connection', async () => {
    const { registry, requests, failures, clock } = opened();
    failures.push(() => {
      throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
    });
    await withTime(clock, registry.serde(v1).prepare?.(value) as Promise<void>);
    expect(requests).toHaveLength(2);
  });

  test.each([400, 401, 403, 422])('are not repeated after status %i', async (status) => {
    const { registry, requests, failures } = opened();
    failures.push(failWith(status));
    await expect(registry.serde(v1).prepare?.(value)).rejects.toThrow(`${status} <html>busy</html>`);
    expect(requests).toHaveLength(1);
  });

  test('are repeated until the deadline', async () => {
    const { registry, requests, failures, clock } = opened({ deadline: '1s' });
    failures.push(...Array.from({ length: 99 }, () => failWith(503)));
    const prepared = withTime(clock, registry.serde(v1).prepare?.(value) as Promise<void>);
    await expect(prepared).rejects.toThrow('503 <html>busy</html>');
    expect(requests.length).toBeGreaterThan(2);
    expect(requests.length).toBeLessThan(9);
  });

  test.each([
    [{ username: 'ann', password: 'pä:ss' }, 'Basic YW5uOnDDpDpzcw=='],
    [{ token: 't-1' }, 'Bearer t-1'],
    [{ token: async () => 't-2' }, 'Bearer t-2'],
  ])('carry the credentials %p', async (auth, expected) => {
    const { registry, requests } = opened({ auth });
    await registry.serde(v1).prepare?.(value);
    expect(requests[0]?.headers.get('authorization')).toBe(expected);
  });

  test('keep the path of the url, such as that of a context', async () => {
    const { registry, requests } = opened({ url: 'http://registry/contexts/.shop' });
    await registry.serde(v1).prepare?.(value);
    expect(requests[0]?.path).toBe('/contexts/.shop/subjects/orders-value/versions');
  });

  test('normalize schemas on request, when registering and when looking up', async () => {
    const { registry, requests } = opened({ normalize: true });
    await registry.serde(v1).prepare?.(value);
    await registry.serde(v1, { write: 1 }).prepare?.(value);
    expect(requests.map(({ path }) => path)).toEqual([
      '/subjects/orders-value/versions?normalize=true',
      '/subjects/orders-value?normalize=true',
    ]);
  });
});

test('invalid options are refused', () => {
  expect(() => schemaRegistry({ url: 'registry:8081x y' })).toThrow(ConfigError);
  expect(() => schemaRegistry({ url: 'http://registry', deadline: Number.NaN })).toThrow(
    'option "deadline" of schemaRegistry',
  );
  expect(() => schemaRegistry({ url: 'http://registry', normalise: true } as never)).toThrow('write "normalize"');
  const { registry } = opened();
  expect(() => registry.serde(v1, { subject: 'topics' as never })).toThrow("use 'topic', 'record' or 'topic-record'");
  expect(() => registry.serde(v1, { write: 0 })).toThrow(ConfigError);
});

test('the same serde and options give the same serde', () => {
  const { registry } = opened();
  expect(registry.serde(v1)).toBe(registry.serde(v1));
});

test('a serde waits only until its schema is there', async () => {
  const { registry, fetch } = opened();
  const writer = registry.serde(v1);
  await writer.prepare?.(value);
  const bytes = writer.encode({ id: 'a' }, at);
  const reader = schemaRegistry({ url: 'http://registry', fetch }).serde(v1);
  expect(() => reader.decode(bytes, at)).toThrow(Pending);
  await decodeAll(reader, [bytes]);
  expect(reader.decode(bytes, at)).toEqual({ id: 'a' });
});

test('JSON Schema travels with the id of its schema', async () => {
  const order = jsonSchema<{ readonly id: string }>({ type: 'object', properties: { id: { type: 'string' } } });
  const { registry } = opened();
  const serde = registry.serde(order);
  await serde.prepare?.(value);
  expect(await decodeAll(serde, [serde.encode({ id: 'a' }, at)])).toEqual([{ id: 'a' }]);
});

test('the order of a message in its file is written before a Protobuf payload', async () => {
  const { registry } = opened();
  const [orders, lines] = [registry.serde(protobuf(OrderSchema)), registry.serde(protobuf(Order_LineSchema))];
  for (const serde of [orders, lines]) await serde.prepare?.(value);
  expect([...orders.encode(create(OrderSchema), at)]).toEqual([0, 0, 0, 0, 1, 0]);
  expect([...lines.encode(create(Order_LineSchema), at)]).toEqual([0, 0, 0, 0, 1, 4, 0, 0]);
});
