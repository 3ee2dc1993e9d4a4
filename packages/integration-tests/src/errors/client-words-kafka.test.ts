import { expect, test } from '@jest/globals';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { memory, start, streams, string, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const text = (name: string) => topic(name, { key: string, value: string });

const copy = (name: string) => {
  const app = streams(name);
  app.stream(text(`${name}-in`)).to(text(`${name}-out`));
  return app;
};

describeWith('kafka-sasl', 'a broker that refuses a client', (brokers) => {
  const plain = { 'security.protocol': 'sasl_plaintext', 'sasl.mechanism': 'PLAIN', 'sasl.username': 'alice' };
  test.each([
    ['password', { ...plain, 'sasl.password': 'nope' }, /Invalid username or password.* set `sasl\.username`/],
    [
      'mechanism',
      { ...plain, 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.password': 'x' },
      /mechanism handshake failed.* `sasl\.mechanism`/,
    ],
    ['protocol', {}, /connection closed by peer.* set `security\.protocol`/],
  ])('says so in the error of the start: wrong %s', async (_, client, message) => {
    const transport = kafka({ brokers, client });
    await expect(start(copy('refused'), { transport, state: memory(), logger: quiet })).rejects.toThrow(message);
    await transport.close();
  });
});

describeWith('kafka', 'two processes with one instance id', (brokers) => {
  for (const guarantee of ['at-least-once', 'exactly-once'] as const) {
    test(`end the first one, which says why, ${guarantee}`, async () => {
      const name = `same-instance-${crypto.randomUUID()}`;
      const log = kafka({ brokers });
      await createTopics(log, [`${name}-in`, `${name}-out`]);
      const open = () =>
        start(copy(name), {
          transport: log,
          state: memory(),
          guarantee,
          instanceId: 'pod',
          commitInterval: 50,
          logger: quiet,
        });
      const first = await open();
      await first.running();
      const ended = first.closed.then(
        () => 'closed',
        (error: Error) => error.message,
      );
      const second = await open();
      await second.running();
      await sendTexts(log, `${name}-in`, [['a', '1']]);
      expect(await ended).toMatch(/another process has joined the group with the same `instanceId`/);
      await second.close();
      await log.close();
    });
  }
});
