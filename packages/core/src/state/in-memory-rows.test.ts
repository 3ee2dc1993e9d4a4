import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { TestStore } from '@kstreams/testing';
import { timers } from './index.js';

test('an entry that is added and deleted between two commits is not written, and an old row is deleted', async () => {
  const store = await TestStore.open(timers('held', { key: string }));
  const written = async (): Promise<readonly boolean[]> => {
    await store.commit();
    return store.changelog.map(({ value }) => value !== null);
  };
  const comeAndGo = () =>
    store.record((held) => {
      held.set('a', 5);
      held.cancel('a');
    });
  await comeAndGo();
  expect(await written()).toEqual([]);
  await store.record((held) => held.set('a', 5));
  expect(await written()).toEqual([true]);
  await comeAndGo();
  expect(await written()).toEqual([true, false]);
  await comeAndGo();
  expect(await written()).toEqual([true, false]);
});
