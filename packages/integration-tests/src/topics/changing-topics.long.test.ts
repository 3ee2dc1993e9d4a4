/** Topics that change while an application runs, on a cluster: the laws that wait for it. */
import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { kafka } from 'kstreams/kafka';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';
import { ChangingTopics } from './changing-topics.js';
import { topicChangeLaws } from './topic-change-laws.js';

const consumer = { 'topic.metadata.refresh.interval.ms': 500 };

describeWith('kafka', 'on Kafka', (brokers) => {
  topicChangeLaws(
    () => ({ log: kafka({ brokers, consumer }) }),
    ({ quick }) => quick !== true,
  );
});

describeWith('kafka', 'on Kafka', (brokers) => {
  test('a source that is created again after the client has missed it is read without waiting for a session', async () => {
    const log = kafka({ brokers, consumer: { ...consumer, 'session.timeout.ms': 300_000 } });
    const at = new ChangingTopics({ log });
    await at.create(['in', 'out']);
    at.app.stream(at.texts('in')).to(at.texts('out'));
    const app = await at.start();
    await at.send('in', ['a', '1'], ['a', '2']);
    await at.committed('in', 2);
    const lost = firstValueFrom(app.events$.pipe(filter(({ kind }) => kind === 'lost')));
    await at.delete(at.named('in'));
    await lost;
    await at.create(['in']);
    await at.send('in', ['b', '1'], ['b', '2'], ['b', '3']);
    expect(await at.read('out', 5)).toEqual(['a=1', 'a=2', 'b=1', 'b=2', 'b=3']);
    await at.end();
  });
});

describeWith('kafka', 'on Kafka, whose brokers assign the partitions', (brokers) => {
  topicChangeLaws(
    () => ({ log: kafka({ brokers, consumer: { ...consumer, 'group.protocol': 'consumer' } }) }),
    ({ moves }) => moves === true,
  );
});
