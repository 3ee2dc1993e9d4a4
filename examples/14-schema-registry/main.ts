/**
 * Two versions of a record in one topic: an older application writes orders without a note, a newer one with a note, and
 * the reader gets a default for the missing ones. Prints `o-1: none` and `o-2: fragile`.
 *
 *     KSTREAMS_REGISTRY=$(.ci/registry start) node --import ./tools/run/register.js examples/14-schema-registry/main.ts
 */
import { pathToFileURL } from 'node:url';
import { avro } from '@kstreams/avro';
import { schemaRegistry } from '@kstreams/registry';
import { embedded, fromAsyncIterable, memory, start, streams, string, toAsyncIterable, topic } from 'kstreams';

const id = { name: 'id', type: 'string' } as const;

/** The order as it was at first. */
export const orderV1 = avro({ type: 'record', name: 'Order', namespace: 'shop', fields: [id] });

/** The order of today. */
export const orderV2 = avro({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [id, { name: 'note', type: 'string', default: 'none' }],
});

/** Writes an order of each version to a topic and returns the notes that an application reads from it. */
export const notesOf = async (url: string, name: string): Promise<readonly string[]> => {
  const registry = schemaRegistry({ url });
  const older = topic(name, { key: string, value: registry.serde(orderV1) });
  const orders = topic(name, { key: string, value: registry.serde(orderV2) });
  const notes = topic(`${name}-notes`, { key: string, value: string });

  const transport = embedded();
  const admin = await transport.admin();
  await admin.create([older, notes].map((one) => ({ name: one.name, partitions: 1, config: {} })));
  await fromAsyncIterable(one({ id: 'o-1' }), older, { transport });
  await fromAsyncIterable(one({ id: 'o-2', note: 'fragile' }), orders, { transport });

  const app = streams('notes');
  app
    .stream(orders)
    .mapValues((order) => `${order.id}: ${order.note}`, { value: string })
    .to(notes);
  const running = await start(app, { transport, state: memory() });
  const found: string[] = [];
  for await (const { value } of toAsyncIterable(notes, { transport, from: 'earliest' })) {
    if (found.push(value ?? '') === 2) break;
  }
  await running.close();
  await transport.close();
  return found;
};

/** Both orders are of one customer: records of a key keep their order, also while one waits for its schema. */
async function* one<V>(value: V) {
  yield { key: 'ann', value };
}

const [, started] = process.argv;
if (started !== undefined && pathToFileURL(started).href === import.meta.url) {
  const url = process.env.KSTREAMS_REGISTRY ?? 'http://localhost:8081';
  for (const note of await notesOf(url, 'orders')) console.log(note);
}
