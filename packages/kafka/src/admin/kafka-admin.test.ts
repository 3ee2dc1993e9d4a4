import { expect, test } from '@jest/globals';
import { repartitionConfig } from '@kstreams/core/graph';
import { codes, errorOf } from '@kstreams/kafka-common';
import { TestClock } from '@kstreams/testing';
import type { AdminClient } from './admin-client.js';
import { KafkaAdmin } from './kafka-admin.js';

type Created = { readonly topic: string; readonly config: Readonly<Record<string, string>> };

/** An admin on a cluster that refuses settings of these names. */
const openAdmin = async (unknown: RegExp, groups: readonly { groupId: string; state: number }[] = []) => {
  const created: Created[] = [];
  const described: string[] = [];
  const native = {
    createTopic: (topic: Created, _: number, done: (failure: unknown) => void) => {
      created.push(topic);
      const refused = Object.keys(topic.config).some((name) => unknown.test(name));
      done(refused ? { code: codes.invalidConfig, message: 'Unknown topic config name' } : null);
    },
    listGroups: (_: object, done: (failure: null, result: unknown) => void) => done(null, { groups }),
    describeGroups: (names: readonly string[], _: object, done: (failure: null, result: unknown) => void) => {
      described.push(...names);
      done(null, { groups: names.map(() => ({ members: [{ clientId: 'a', clientHost: '/10.0.0.1' }] })) });
    },
  };
  const request = (action: string, call: (admin: unknown, done: (failure: never, result: unknown) => void) => void) =>
    new Promise((resolve, reject) => {
      if (action === 'topics cannot be described') {
        return resolve([{ name: 't', partitions: [{ partition: 0, leader: { id: 1 } }] }]);
      }
      call(native, (failure, result) => (failure ? reject(errorOf(action, failure)) : resolve(result)));
    });
  const client = { acquire: () => async () => {}, connect: async () => {}, request } as unknown as AdminClient;
  return { created, described, admin: await KafkaAdmin.open(client, new TestClock()) };
};

const topic = { name: 't', partitions: 1, config: repartitionConfig };

test('a broker without limits of timestamps gets a topic without these settings', async () => {
  const { admin, created } = await openAdmin(/^message\.timestamp\.(before|after)/);
  await admin.create([topic]);
  const names = created.map(({ config }) => Object.keys(config).filter((name) => name.startsWith('message.timestamp')));
  expect(names).toEqual([
    ['message.timestamp.type', 'message.timestamp.before.max.ms', 'message.timestamp.after.max.ms'],
    ['message.timestamp.type'],
  ]);
});

test('another setting that a broker refuses fails the start, with its words', async () => {
  const { admin } = await openAdmin(/^segment\.bytes/);
  await expect(admin.create([topic])).rejects.toThrow('topic "t" cannot be created: Unknown topic config name (40)');
});

test('only groups with members are described, since the client crashes on others', async () => {
  const states = [0, 1, 2, 3, 4, 5].map((state) => ({ groupId: `in ${state}`, state }));
  const { admin, described } = await openAdmin(/^$/, states);
  for (const { groupId } of [...states, { groupId: 'missing' }]) await admin.members(groupId);
  expect(described).toEqual(['in 0', 'in 1', 'in 2', 'in 3']);
  expect(await admin.members('in 3')).toMatchObject([{ name: 'a on /10.0.0.1' }]);
});
