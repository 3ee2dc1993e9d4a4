import type { AnyStoreSpec, ByteStore, Journal } from '@kstreams/core/graph';
import { storePlace, TaskStores, type Watch } from '@kstreams/runtime';

/** Opens the stores of a driver's task. */
export const openStores = (
  specs: readonly AnyStoreSpec[],
  journal: Journal,
  { application, bytes, liveLimit }: { application: string; bytes: ByteStore; liveLimit: number },
  watch: Watch | undefined,
): TaskStores => {
  const places = specs.map((spec) => storePlace(application, spec, 0, new Map()));
  return new TaskStores({ places, bytes, journal, liveLimit, full: () => {}, watch });
};
