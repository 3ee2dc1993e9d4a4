/** The placement of tasks while one to five members join and leave at random, on a Kafka cluster. */
import { expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { describeWith } from '@kstreams/test-support/services';
import { type MemberSettings, PlacedApps } from './placed-apps.js';

const runs: readonly (readonly [members: string, seed: number, settings?: MemberSettings])[] = [
  ['members', 1],
  ['members', 2],
  ['static members', 3],
  ['members that the broker assigns', 4, { consumer: { 'group.protocol': 'consumer' } }],
  ['transactional members', 5, { guarantee: 'exactly-once' }],
];

describeWith('kafka', 'placement while members join and leave at random', (brokers) => {
  test.each(runs)('%s, seed %i', async (members, seed, settings) => {
    const random = new Random(seed);
    const group = new PlacedApps(brokers, 'placed-long', settings);
    await group.prepare();
    const ids: string[] = [];
    let wide = 0;
    for (let step = 0; step < 15; step++) {
      if (ids.length === 0 || (ids.length < 5 && random.chance(0.55))) {
        const id = `m${step}`;
        ids.push(id);
        await group.join(id, members === 'static members' ? id : undefined);
      } else {
        await group.leave(ids.splice(random.below(ids.length), 1)[0] as string);
      }
      if (ids.length === 0) continue;
      await group.settled();
      if (group.uneven() > 2) wide++;
    }
    await group.close();
    expect(wide).toBeLessThanOrEqual(1);
  });
});
