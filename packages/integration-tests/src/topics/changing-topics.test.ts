/** Topics that change while an application runs. */
import { describe, expect, test } from '@jest/globals';
import { kafkaClients } from '@kstreams/test-support/kafka-clients';
import { describeWith } from '@kstreams/test-support/services';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { embedded } from 'kstreams';
import { ChangingTopics } from './changing-topics.js';
import { eventOf, topicChangeLaws } from './topic-change-laws.js';

describe('on the embedded log', () => {
  const open = () => {
    const clock = new SkippingClock();
    return { log: embedded({ clock }), clock };
  };
  topicChangeLaws(open, () => true);

  test('a process joins again once it is assigned a topic that was created again after it joined', async () => {
    const at = new ChangingTopics(open());
    await at.create(['in', 'out']);
    at.app.stream(at.texts('in')).to(at.texts('out'));
    const both = [await at.start(), await at.start()];
    await at.send('in', ['a', '1']);
    await at.committed('in', 1);
    // The one that reads the topic leaves, so the other is assigned it.
    const replanned = Promise.all(both.map((app) => eventOf(app, 'replanned')));
    await at.recreate('in');
    await replanned;
    await at.send('in', ['b', '1']);
    expect(await at.read('out', 2)).toEqual(['a=1', 'b=1']);
    await both[0]?.close();
    await at.end();
  });
});

/** The group finds added partitions within half a second. */
const times = { metadataRefresh: 500 };

for (const [client, open] of kafkaClients) {
  describeWith('kafka', `on Kafka, with ${client}`, (brokers) => {
    topicChangeLaws(
      () => ({ log: open(brokers, times) }),
      ({ quick }) => quick === true,
    );
  });
}
