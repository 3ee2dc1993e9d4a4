/** The placement of tasks on the members of a group on a Kafka cluster. */
import { afterEach, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { PlacedApps } from './placed-apps.js';

const opened: PlacedApps[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

describeWith('kafka', 'placement on a Kafka cluster', (brokers) => {
  test('members that join and leave have equally many stateful tasks, in total and of each sub-topology', async () => {
    const group = new PlacedApps(brokers, 'placed');
    opened.push(group);
    await group.prepare();
    const stages = [
      ['join', 'a'],
      ['join', 'b'],
      ['join', 'c'],
      ['leave', 'a'],
    ] as const;
    for (const [change, id] of stages) {
      await group[change](id);
      await group.settled();
      expect(group.unevenInTotal()).toBeLessThanOrEqual(1);
      expect(group.uneven()).toBeLessThanOrEqual(group.size === 2 && change === 'join' ? 0 : 2);
    }
  });
});
