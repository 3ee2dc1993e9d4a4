import { expect, test } from '@jest/globals';
import { keptChanges, StoreModel } from './store-model.js';
import type { ChangeJson, PageJson, StoreSource } from './store-source.js';

const store = { name: 'counts', kind: 'key-value', partitions: 2, windowed: false };
const row = (key: string) => ({ key, value: 1, timestamp: 0 });

/** A source with two pages of one row, and given changes. */
const source = (overrides: Partial<StoreSource> = {}): StoreSource => ({
  get: async (_, key) => (key === 'a' ? row('a') : undefined),
  rows: async (_, { page }): Promise<PageJson> =>
    page === undefined ? { rows: [row('a')], next: '2' } : { rows: [row('b')] },
  count: async () => 2,
  changes: async function* () {},
  ...overrides,
});

const keysOf = (model: StoreModel) => model.rows.value?.map(({ key }) => key);

test('pages are appended until the last one', async () => {
  const model = new StoreModel(store, source());
  await model.select({});
  expect([keysOf(model), model.next.value]).toEqual([['a'], '2']);
  await model.more();
  expect([keysOf(model), model.next.value]).toEqual([['a', 'b'], undefined]);
  await model.recount();
  expect(model.count.value).toBe(2);
});

test('a key that is not there leaves no rows', async () => {
  const model = new StoreModel(store, source());
  await model.find('a');
  expect(keysOf(model)).toEqual(['a']);
  await model.find('z');
  expect(keysOf(model)).toEqual([]);
});

test('a failed read is shown, and the next one clears it', async () => {
  const model = new StoreModel(store, source({ get: async () => Promise.reject(new Error('the rows move')) }));
  await model.find('a');
  expect([model.error.value, model.busy.value]).toEqual(['the rows move', false]);
  await model.select({});
  expect(model.error.value).toBeUndefined();
});

test('a slow read does not replace a later one', async () => {
  let finish = (_: PageJson): void => {};
  const slow = new Promise<PageJson>((resolve) => {
    finish = resolve;
  });
  const model = new StoreModel(store, source({ rows: () => slow }));
  const first = model.select({});
  await model.find('a');
  finish({ rows: [row('late')] });
  await first;
  expect(keysOf(model)).toEqual(['a']);
});

test('the latest changes are kept, the newest first, until it stops', async () => {
  const changes = async function* (): AsyncGenerator<ChangeJson> {
    for (let n = 0; n < keptChanges + 5; n++) yield { key: n, value: n, timestamp: n };
  };
  const model = new StoreModel(store, source({ changes }));
  await model.follow();
  expect(model.following.value).toBe(false);
  expect(model.changes.value).toHaveLength(keptChanges);
  expect(model.changes.value[0]?.key).toBe(keptChanges + 4);
});

test('a stopped model takes no more changes', async () => {
  let next = (_: ChangeJson): void => {};
  const changes = async function* (): AsyncGenerator<ChangeJson> {
    yield await new Promise<ChangeJson>((resolve) => {
      next = resolve;
    });
  };
  const model = new StoreModel(store, source({ changes }));
  const following = model.follow();
  model.stop();
  next({ key: 'a', value: 1, timestamp: 0 });
  await following;
  expect(model.changes.value).toEqual([]);
});
