import { expect, test } from '@jest/globals';
import { override } from '@kstreams/test-support/override';
import type { Transport } from 'kstreams';
import { runDamaged } from './fuzz.js';

test.each(Array.from({ length: 30 }, (_, i) => i + 1))(
  'damage of a folder is noticed, or nothing is lost, and results are never wrong: seed %i',
  async (seed) => {
    await runDamaged(seed);
  },
);

/** A log that gives all topics of a name one id, so that state of another log is taken for its own. */
const withoutIds = (log: Transport): Transport =>
  override(log, {
    admin: async () => {
      const admin = await log.admin();
      const same = <T extends object>(topics: ReadonlyMap<string, T>) =>
        new Map([...topics].map(([name, topic]) => [name, { ...topic, id: 'same' }]));
      return override(admin, {
        topics: async (names) => same(await admin.topics(names)),
        identify: async (names) => same(await admin.identify(names)),
      });
    },
  });

test('finds the bug: topics have no id', async () => {
  const hunt = async (): Promise<void> => {
    for (let seed = 1; seed <= 400; seed++) await runDamaged(seed, withoutIds);
  };
  await expect(hunt()).rejects.toThrow('the results are');
});
