import type { Admin, TopicDescription } from '@kstreams/core/graph';
import { check, type TransportCheck } from './check.js';
import { expectEqual } from './expect.js';
import { recordOf, textOf } from './transport-harness.js';

/** Returns the description of a topic without its id. */
const described = async (admin: Admin, name: string): Promise<Omit<TopicDescription, 'id'> | undefined> => {
  const found = (await admin.topics([name])).get(name);
  if (found === undefined) return undefined;
  const { id: _id, deletesKept: _deletesKept, ...rest } = found;
  return rest;
};

/** Checks of creating, describing and deleting topics. */
export const topicChecks: readonly TransportCheck[] = [
  check('a topic has the requested partitions and config, and is usable at once', async (harness) => {
    const admin = await harness.admin();
    const name = harness.name('topic');
    await admin.create([{ name, partitions: 3, config: { 'cleanup.policy': 'compact' } }]);
    expectEqual(await described(admin, name), { name, partitions: 3, cleanup: 'compact' }, 'the description');
    const producer = await harness.producer();
    producer.send(recordOf(name, 'x', { partition: 2, key: new Uint8Array([1]) }));
    await producer.flush();
  }),

  check('creating an existing topic changes nothing', async (harness) => {
    const topic = await harness.topic(2);
    const producer = await harness.producer();
    producer.send(recordOf(topic, 'kept'));
    await producer.flush();
    const admin = await harness.admin();
    await admin.create([{ name: topic, partitions: 5, config: { 'cleanup.policy': 'compact' } }]);
    expectEqual(await described(admin, topic), { name: topic, partitions: 2, cleanup: 'delete' }, 'the topic');
    expectEqual((await harness.read(await harness.reader(topic), 1)).map(textOf), ['kept'], 'its records');
  }),

  check('a topic that compacts and deletes old records is not reported as compacted', async (harness) => {
    const topic = await harness.topic(1, { 'cleanup.policy': 'compact,delete' });
    const admin = await harness.admin();
    const cleanup = (await admin.topics([topic])).get(topic)?.cleanup ?? '';
    expectEqual(cleanup.split(',').includes('delete'), true, `that "${cleanup}" says so`);
  }),

  check('all topics are listed with their partitions', async (harness) => {
    const topic = await harness.topic(3);
    const admin = await harness.admin();
    expectEqual((await admin.topics()).get(topic)?.partitions, 3, 'partitions');
  }),

  check('describes only the requested topics, and none that does not exist', async (harness) => {
    const topic = await harness.topic();
    await harness.topic();
    const admin = await harness.admin();
    expectEqual([...(await admin.topics([topic, harness.name('missing')])).keys()], [topic], 'the names');
    expectEqual((await admin.topics([])).size, 0, 'how many of none');
  }),

  check('a deleted topic is gone', async (harness) => {
    const topic = await harness.topic();
    const admin = await harness.admin();
    await admin.delete([topic]);
    await harness.until('the topic is gone', async () => !(await admin.topics([topic])).has(topic) || 'it is there');
  }),

  check('a recreated topic has a new id, if topics have ids', async (harness) => {
    const topic = await harness.topic();
    const admin = await harness.admin();
    const idOf = async (): Promise<string | undefined> => (await admin.topics([topic])).get(topic)?.id;
    const former = await idOf();
    if (former === undefined) return;
    expectEqual(await idOf(), former, 'the id, requested again');
    await admin.delete([topic]);
    await admin.create([{ name: topic, partitions: 1, config: {} }]);
    expectEqual((await idOf()) === former, false, 'whether the new topic has the id of the old one');
  }),

  check('topics are identified by their partitions and ids, without those that do not exist', async (harness) => {
    const topic = await harness.topic(3);
    const admin = await harness.admin();
    const found = await admin.identify([topic, harness.name('missing')]);
    expectEqual([...found.keys()], [topic], 'the names');
    expectEqual(found.get(topic)?.partitions, 3, 'partitions');
    expectEqual(found.get(topic)?.id, (await admin.topics([topic])).get(topic)?.id, 'the id');
  }),

  check('added partitions can be written and read by clients that were open before', async (harness) => {
    const topic = await harness.topic(1);
    const [producer, consumer, admin] = [await harness.producer(), await harness.reader(topic), await harness.admin()];
    producer.send(recordOf(topic, 'first'));
    await producer.flush();
    expectEqual(await consumer.offsets([{ topic, partition: 0 }], 'latest'), [1], 'the end before');
    await admin.grow(topic, 3);
    await admin.grow(topic, 2);
    expectEqual((await admin.identify([topic])).get(topic)?.partitions, 3, 'partitions');
    producer.send(recordOf(topic, 'second', { partition: 2 }));
    producer.send(recordOf(topic, 'third'));
    await producer.flush();
    expectEqual(await consumer.offsets([{ topic, partition: 2 }], 'latest'), [1], 'the end of an added partition');
    consumer.assign([{ topic, partition: 2, offset: 0 }]);
    const records = await harness.read(consumer, 3);
    expectEqual(records.map(textOf).sort(), ['first', 'second', 'third'], 'the records');
  }),
];
