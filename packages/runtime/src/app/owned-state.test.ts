import { expect, test } from '@jest/globals';
import { type ByteStore, FencedError, StorageError } from '@kstreams/core/graph';
import { memory, memoryStore } from '@kstreams/stores';
import { slowStore } from '@kstreams/testing';
import { OwnedState } from './owned-state.js';

test('a state that another process has taken over is no fenced member, which would join again', async () => {
  const taken = async () => {
    throw new FencedError('taken over');
  };
  const state = new OwnedState(Object.assign(memoryStore(), { commit: taken, clear: taken }));
  const key = Uint8Array.of(1);
  for (const write of [() => state.commit([[key, key]]), () => state.clear(key, key)]) {
    const failure = await write().catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(StorageError);
    expect(failure).toMatchObject({ reason: 'taken over', cause: expect.any(FencedError) });
  }
});

test('a worker whose partition of a store another process has taken over may join again', async () => {
  const taken = async () => {
    throw new FencedError('taken over', { partition: 0 });
  };
  const state = new OwnedState(Object.assign(memoryStore(), { commit: taken }));
  await expect(state.commit([])).rejects.toThrow(FencedError);
});

test('other states keep their features', async () => {
  const local = await memory().open('');
  const remote = await slowStore(memory()).open('');
  const copied = Object.assign(memoryStore(), { recover: async () => {}, acquire: async () => {} });
  for (const state of [local, remote, copied]) {
    const owned = new OwnedState(state);
    expect(owned.owner).toBe(state.owner);
    const features = ({ acquire, mend, prefetchKeys, recover }: ByteStore) =>
      [acquire, mend, prefetchKeys, recover].map(Boolean);
    expect(features(owned)).toEqual(features(state));
  }
});
