import { afterEach, expect, test } from '@jest/globals';
import { fromUtf8, metadataConfig, type Outgoing, type Producer, type Transport, toUtf8 } from '@kstreams/core/graph';
import { embedded } from '@kstreams/embedded';
import { override } from '@kstreams/test-support/override';
import { readTopic } from '@kstreams/test-support/read-topic';
import { TestClock } from '@kstreams/testing';
import { decodeInstanceRow, encodeInstanceRow } from './instance-row.js';
import { MetadataExchange } from './metadata-exchange.js';

const topic = 'app-metadata';
const releases: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

const moment = (): Promise<void> => new Promise((go) => setImmediate(go));

/** A log on which processes exchange their tasks, with a manual clock. */
const opened = async () => {
  const clock = new TestClock(1_000);
  const log = embedded({ clock });
  const admin = await log.admin();
  await admin.create([{ name: topic, partitions: 1, config: metadataConfig }]);
  const member = async (id: string, transport: Transport = log) => {
    const mine = { running: [] as string[], opening: [] as string[] };
    const held = () => mine;
    const endpoint = `http://${id}`;
    const options = { transport, application: 'app', clock, id, endpoint, held, changed: () => {} };
    const exchange = await MetadataExchange.open(options);
    const ended = exchange.run();
    const end = (): Promise<void> => {
      exchange.stop();
      return ended;
    };
    releases.push(end);
    const hold = (running: string[], opening: string[] = []): void => {
      Object.assign(mine, { running, opening });
      exchange.moved();
    };
    /** Returns the running tasks of the others, by process. */
    const others = () => Object.fromEntries([...exchange.others].map(([other, { running }]) => [other, running]));
    return { end, exchange, hold, others };
  };
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let turns = 0; !(await holds()); turns++) {
      if (turns > 1_000) throw new Error('the condition did not hold after 1,000 turns');
      clock.advance(1);
      await moment();
    }
  };
  const write = async (id: string, running: readonly string[]): Promise<void> => {
    const producer = await log.producer({ clientId: 'test' });
    const value = encodeInstanceRow({ endpoint: `http://${id}`, running, opening: [] });
    producer.send({ topic, partition: 0, key: toUtf8(id), value, timestamp: 1_000, headers: [] });
    await producer.flush();
    await producer.close();
  };
  /** Returns the written rows: the process and its running tasks; undefined for a delete. */
  const written = async () =>
    (await readTopic(log, topic)).map(({ key, value }) => [
      fromUtf8(key as Uint8Array),
      value === null ? undefined : decodeInstanceRow(value)?.running,
    ]);
  const silence = async (): Promise<void> => {
    clock.advance(1_000);
    for (let i = 0; i < 20; i++) await moment();
  };
  return { log, member, silence, until, write, written };
};

test('a process receives earlier and later rows of the others, and their deletes', async () => {
  const { member, until } = await opened();
  const a = await member('a');
  a.hold(['0_0'], ['0_1']);
  const b = await member('b');
  await until(() => b.others().a?.length === 1);
  expect(b.exchange.others.get('a')).toEqual({ endpoint: 'http://a', running: ['0_0'], opening: ['0_1'] });
  b.hold(['1_0']);
  a.hold(['0_0', '0_1']);
  await until(() => a.others().b !== undefined && b.others().a?.length === 2);
  await a.end();
  await until(() => b.others().a === undefined);
});

test('unchanged tasks are not written again', async () => {
  const { member, silence, until, written } = await opened();
  const a = await member('a');
  a.hold(['0_0']);
  await until(async () => (await written()).length === 1);
  for (let i = 0; i < 5; i++) await silence();
  a.hold(['0_0']);
  await silence();
  expect(await written()).toEqual([['a', ['0_0']]]);
  a.hold([]);
  await until(async () => (await written()).length === 2);
  expect((await written())[1]).toEqual(['a', undefined]);
});

test('a crashed process is listed until another one opens its last task and deletes its row', async () => {
  const { member, until, write, written } = await opened();
  await write('dead', ['0_0', '0_1']);
  const a = await member('a');
  const b = await member('b');
  expect(a.others()).toEqual({ dead: ['0_0', '0_1'] });
  a.hold([], ['0_0']);
  await until(() => b.others().dead?.length === 1);
  expect(b.others()).toEqual({ a: [], dead: ['0_1'] });
  b.hold([], ['0_1']);
  await until(async () => (await written()).some(([id, running]) => id === 'dead' && running === undefined));
  expect((await written()).filter(([id]) => id === 'dead')).toHaveLength(2);
  const late = await member('late');
  expect(late.others()).toEqual({ a: [], b: [] });
});

test('a late row of a process that lost its tasks is corrected after an idle second', async () => {
  const { member, silence, until, write } = await opened();
  const a = await member('a');
  const b = await member('b');
  a.hold(['0_0']);
  await until(() => b.others().a?.length === 1);
  await write('late', ['0_0']);
  await until(() => b.others().late !== undefined);
  expect(b.others()).toEqual({ late: ['0_0'] });
  await silence();
  await until(() => b.others().a?.length === 1);
  expect(b.others()).toEqual({ a: ['0_0'] });
});

test('a lost write is repeated after an idle second', async () => {
  const { log, member, silence, until } = await opened();
  let lost = 0;
  const lossy = override(log, {
    producer: async (options) => {
      const producer: Producer = await log.producer(options);
      return override(producer, { send: (record: Outgoing) => (lost++ < 2 ? undefined : producer.send(record)) });
    },
  });
  const a = await member('a', lossy);
  const b = await member('b');
  a.hold(['0_0']);
  await until(() => lost === 1);
  expect(b.others()).toEqual({});
  await silence();
  await silence();
  await until(() => b.others().a !== undefined);
});
