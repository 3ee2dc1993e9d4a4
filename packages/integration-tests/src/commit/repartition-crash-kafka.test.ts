/** A crash before the first commit, with a count behind a repartition topic, on a real broker. */
import { expect, test } from '@jest/globals';
import { injectFault } from '@kstreams/test-support/fault-injection';
import { kafkaClients } from '@kstreams/test-support/kafka-clients';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { memory, start, streams, string, topic } from 'kstreams';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const crashes = [
  ['at-least-once', 'flush', 10, 10],
  ['exactly-once', 'transaction', 5, 5],
] as const;

describeWith('kafka', 'a count behind a repartition topic, after a crash before the first commit', (brokers) => {
  test.each(kafkaClients.flatMap(([client, open]) => crashes.map((crash) => [client, ...crash, open] as const)))(
    '%s, %s',
    async (_, guarantee, step, processed, counted, open) => {
      const log = open(brokers);
      const name = `crash-${crypto.randomUUID()}`;
      const input = topic(`${name}-in`, { key: string, value: string });
      await createTopics(log, [input.name]);
      await sendTexts(
        log,
        input.name,
        Array.from({ length: 5 }, () => ['k', 'w'] as const),
      );
      const app = streams(name);
      const counts = app
        .stream(input)
        .groupBy((value) => value, { key: string })
        .count({ name: 'counts' });
      const error = new Error('the process dies');
      const fault = injectFault(log, memory(), { step, when: 'before', call: 1, error, kills: true });
      const options = { guarantee, logger: quiet };
      const dying = await start(app, {
        ...options,
        transport: fault.transport,
        state: fault.state,
        commitInterval: guarantee === 'at-least-once' ? '1h' : 50,
      });
      dying.closed.catch(() => {});
      while (dying.counts.processed < processed && dying.state !== 'failed')
        await new Promise((go) => setImmediate(go));
      await dying.close().catch(() => {});
      await fault.closeKilled();
      const again = await start(app, { ...options, transport: log, state: memory(), commitInterval: 50 });
      await again.running();
      // At least once, the records that were repartitioned before the crash are there, and again.
      while (again.view(counts).get('w') !== counted) await new Promise((go) => setImmediate(go));
      await again.close();
      expect(again.state).toBe('closed');
      await log.close();
    },
  );
});
