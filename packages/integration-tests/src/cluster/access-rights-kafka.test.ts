import { expect, test } from '@jest/globals';
import { type AccessRight, accessRights, planTopology } from '@kstreams/core/graph';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { grant } from '@kstreams/test-support/grant';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { memory, type Streams, start, streams, string, type Transport, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const text = (name: string) => topic(name, { key: string, value: string });
const sasl = { 'security.protocol': 'sasl_plaintext', 'sasl.mechanism': 'PLAIN' } as const;

/** Counts by value, joins with a table and a global table, and sends dead letters. */
const shop = (name: string): Streams => {
  const app = streams(name);
  app.globalTable(text(`${name}-global`));
  const lines = app.stream(text(`${name}-in`));
  lines
    .groupBy((value) => value, { key: string })
    .count({ name: 'counts' })
    .toStream()
    .mapValues((count) => String(count), { value: string })
    .to(text(`${name}-out`));
  lines
    .leftJoin(app.table(text(`${name}-table`)), (left, right) => left + right, { value: string })
    .mapAsync(async (value) => value, { value: string, deadLetters: [`${name}-dead`] })
    .to(text(`${name}-out`));
  return app;
};

const wall = (name: string): readonly string[] =>
  ['in', 'out', 'table', 'global', 'dead'].map((one) => `${name}-${one}`);

describeWith('kafka-sasl', 'the rights of an application on a broker with access control', (brokers) => {
  const asUser = (user: string): Transport =>
    kafka({ brokers, client: { ...sasl, 'sasl.username': user, 'sasl.password': `${user}-secret` } });
  const plain = process.env.KSTREAMS_KAFKA ?? '';

  /** Starts an application of a user with some of its rights, and processes a record. */
  const run = async (guarantee: 'at-least-once' | 'exactly-once', held: (right: AccessRight) => AccessRight) => {
    const name = `acl${crypto.randomUUID().slice(0, 8)}`;
    const admin = asUser('admin');
    await createTopics(admin, wall(name));
    const app = shop(name);
    const needs = { exactlyOnce: guarantee === 'exactly-once', endpoint: true, deadLetters: [] };
    await grant(plain, 'alice', accessRights(planTopology(app.build()), needs).map(held));
    const transport = asUser('alice');
    const warnings: string[] = [];
    const options = { transport, guarantee, state: memory(), endpoint: 'http://a', commitInterval: 100 };
    const logger = { ...quiet, warn: (_: object, message: string) => void warnings.push(message) };
    try {
      const running = await start(app, { ...options, purgeInterval: 0, logger });
      // The reason of a failure, whenever it comes, is that of `closed`.
      const ended = running.closed.then(() => {
        throw new Error('it was closed');
      });
      const ran = running.running().catch(() => ended);
      await Promise.race([ran, ended]);
      await sendTexts(admin, `${name}-in`, [['k', 'v']]);
      await Promise.race([
        awaitCommitted(admin, running, { topic: `${name}-counts-repartition`, partition: 0 }, 1),
        ended,
      ]);
      ended.catch(() => {});
      await running.close();
    } finally {
      await transport.close();
      await admin.close();
    }
    return { name, warnings };
  };

  for (const guarantee of ['at-least-once', 'exactly-once'] as const) {
    test(`are enough, ${guarantee}`, async () => {
      expect((await run(guarantee, (right) => right)).warnings).toEqual([]);
    });
  }

  test('without that to delete, repartition topics grow, which is reported once', async () => {
    const { warnings, name } = await run('at-least-once', without('-repartition', 'Delete'));
    const grows = new RegExp(
      `records of ${name}-counts-repartition cannot be deleted, so .* needs the right Delete on topic`,
    );
    expect(warnings.filter((one) => grows.test(one))).toHaveLength(1);
  });

  const without = (suffix: string, operation: string) => (right: AccessRight) =>
    right.name.endsWith(suffix) ? { ...right, operations: right.operations.filter((one) => one !== operation) } : right;

  test.each([
    ['-in', 'Read', /needs the right Read or Write on topic "acl\w+-in"/],
    ['-out', 'Write', /needs the right Read or Write on topic "acl\w+-out"/],
    ['-counts-changelog', 'Create', /needs the right Create on topic "acl\w+-counts-changelog"/],
  ])('are all needed: without that of %s to %s the error names it', async (suffix, operation, message) => {
    await expect(run('at-least-once', without(suffix, operation))).rejects.toThrow(message);
  });
});
