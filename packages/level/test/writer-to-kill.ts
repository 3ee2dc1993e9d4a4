/**
 * Writes to the embedded log in a folder until it is killed, and prints each acknowledgment as a line of JSON:
 * plain records in partition 0, transactions over partitions 1 and 2 with an offset, aborted ones in between, and
 * changing values of few keys in a topic that is compacted all the while.
 */
import { toUtf8 } from '@kstreams/core/graph';
import { type EmbeddedTransport, embedded } from '@kstreams/embedded';
import { levelLog } from '@kstreams/level';

const run = async (log: EmbeddedTransport): Promise<never> => {
  const admin = await log.admin();
  await admin.create([
    { name: 't', partitions: 3, config: {} },
    { name: 'keys', partitions: 1, config: { 'cleanup.policy': 'compact' } },
  ]);
  const plain = await log.producer({ clientId: 'plain' });
  const transactional = await log.producer({ clientId: 'x', transactionalId: 'x' });
  const consumer = await log.consumer({ clientId: 'c', group: 'g' });
  const partitions = [0, 1].map((partition) => ({ topic: 't', partition }));
  const [end = 0] = await consumer.offsets(partitions, 'latest');
  const [, committed] = await consumer.committed(partitions);
  let done = committed?.offset ?? 0;
  const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
  const send = (producer: typeof plain, topic: string, partition: number, key: string, value: number): void =>
    producer.send({ topic, partition, key: toUtf8(key), value: toUtf8(String(value)), timestamp: value, headers: [] });
  say({ opened: end });

  const writePlain = async (): Promise<never> => {
    for (let next = end; ; ) {
      for (const until = next + 100; next < until; next++) {
        send(plain, 't', 0, 'k', next);
        send(plain, 'keys', 0, String(next % 5), next);
      }
      await plain.flush();
      say({ plain: next });
    }
  };
  const writeTransactions = async (): Promise<never> => {
    for (let number = done + 1; ; number++) {
      transactional.begin();
      for (const partition of [1, 2]) for (let i = 0; i < 3; i++) send(transactional, 't', partition, 'k', number);
      await transactional.sendOffsets([{ topic: 't', partition: 1, offset: number }], consumer);
      if (number % 3 === 0) {
        await transactional.abort();
        continue;
      }
      await transactional.commit();
      done = number;
      say({ committed: done });
    }
  };
  const compact = async (): Promise<never> => {
    for (;;) {
      await log.clean();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return Promise.race([writePlain(), writeTransactions(), compact()]);
};

await run(embedded({ storage: levelLog(process.argv[2] as string) }));
