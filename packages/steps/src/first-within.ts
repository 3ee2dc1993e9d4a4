import type { Operator } from '@kstreams/core/dsl';
import { type Context, hasEnded, type ReadableSpec, type StreamRecord } from '@kstreams/core/graph';
import type { KeyValueStore } from '@kstreams/core/state';

/** A store that holds an entry per id until its ttl ends. */
type SeenIds<I> = ReadableSpec<KeyValueStore<I, boolean>, I, boolean>;

/**
 * Forwards the first record of each id and drops the others until the entry of the first ends. Entries end by the clock of the
 * store's ttl. Null keys are dropped and counted, and so are records that have ended when they are read.
 */
export const firstWithin = <K, V, I>(
  name: string,
  seenIds: SeenIds<I>,
  idOf: (value: V, key: K) => I,
): Operator<K, V, K, V> => ({
  name,
  key: 'kept',
  value: 'kept',
  stores: [seenIds],
  processor: (context: Context<K, V>) => {
    const seen = context.store(seenIds);
    const ttl = seenIds.ttl as NonNullable<typeof seenIds.ttl>;
    return (record: StreamRecord<K, V>) => {
      const { key, timestamp, value } = record;
      if (key === null || key === undefined) return context.drop('null-key');
      const at = ttl.clock === 'wall' ? context.time.wall : timestamp;
      if (hasEnded(ttl, at, context.time)) return context.drop('expired');
      const id = idOf(value, key);
      if (seen.get(id) === true) return;
      seen.put(id, true, at);
      context.forward(record);
    };
  },
});
