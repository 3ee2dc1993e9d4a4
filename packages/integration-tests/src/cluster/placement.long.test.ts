/** The placement of tasks while one to five members join and leave at random, on a Kafka cluster. */
import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { type MemberSettings, PlacedApps } from './placed-apps.js';

const runs: readonly (readonly [members: string, seed: number, settings: MemberSettings])[] = [
  ['members', 1, {}],
  ['members', 2, {}],
  ['static members', 3, {}],
  ['members that the broker assigns', 4, { consumer: { 'group.protocol': 'consumer' } }],
  ['transactional members', 5, { guarantee: 'exactly-once' }],
];

/** Returns a generator of numbers below a limit: the same seed gives the same numbers. */
const randomOf = (seed: number): ((limit: number) => number) => {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
};

describeWith('kafka', 'placement while members join and leave at random', (brokers) => {
  test.each(runs)('%s, seed %i', async (members, seed, settings) => {
    const random = randomOf(seed);
    const group = new PlacedApps(brokers, 'placed-long', settings);
    await group.prepare();
    const ids: string[] = [];
    let wide = 0;
    for (let step = 0; step < 15; step++) {
      if (ids.length === 0 || (ids.length < 5 && random(20) < 11)) {
        const id = `m${step}`;
        ids.push(id);
        await group.join(id, members === 'static members' ? id : undefined);
      } else {
        await group.leave(ids.splice(random(ids.length), 1)[0] as string);
      }
      if (ids.length === 0) continue;
      await group.settled();
      if (group.uneven() > 2) wide++;
    }
    await group.close();
    expect(wide).toBeLessThanOrEqual(1);
  });
});
