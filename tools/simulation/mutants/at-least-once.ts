import { earlierNote } from './gap-note.js';
import type { Mutant } from './mutant.js';
import { withConsumer, withListener, withProducer, withRows } from './seams.js';

/** Bugs that break at-least-once. */
export const atLeastOnce: readonly Mutant[] = [
  {
    name: 'offsets are committed before output and changelogs are flushed',
    guarantee: 'at-least-once',
    around: withProducer(() => ({ flush: async () => {} })),
  },
  {
    name: 'a failed flush is overlooked',
    guarantee: 'at-least-once',
    around: withProducer((producer) => ({ flush: () => producer.flush().catch(() => {}) })),
  },
  {
    name: 'lost partitions are processed',
    guarantee: 'at-least-once',
    around: withListener(() => ({ lost: async () => [] })),
  },
  {
    name: 'revoked partitions are released without a commit',
    guarantee: 'at-least-once',
    around: withListener((listener) => ({ revoked: (partitions) => listener.lost(partitions) })),
  },
  {
    name: 'revoked partitions are processed',
    guarantee: 'at-least-once',
    around: withListener(() => ({ revoked: async () => [] })),
  },
  {
    name: 'a partition begins one record after the committed offset',
    guarantee: 'at-least-once',
    around: withListener((listener) => ({
      assigned: async (partitions) =>
        (await listener.assigned(partitions)).map((one) => ({ ...one, offset: one.offset + (one.offset > 0 ? 1 : 0) })),
    })),
  },
  {
    name: 'a partition always starts at its beginning',
    guarantee: 'at-least-once',
    around: withListener((listener) => ({
      assigned: async (partitions) => (await listener.assigned(partitions)).map((one) => ({ ...one, offset: 0 })),
    })),
  },
  {
    name: 'a restore ends one record early',
    guarantee: 'at-least-once',
    around: withConsumer((consumer, grouped) => ({
      offsets: async (partitions, at) =>
        (await consumer.offsets(partitions, at)).map((offset) =>
          !grouped && at === 'latest-written' ? Math.max(0, offset - 1) : offset,
        ),
    })),
  },
  {
    name: 'nothing is restored',
    guarantee: 'at-least-once',
    around: withConsumer((consumer, grouped) => ({
      offsets: (partitions, at) => consumer.offsets(partitions, !grouped && at === 'latest-written' ? 'earliest' : at),
    })),
  },
  {
    name: 'rows and positions are written separately',
    guarantee: 'at-least-once',
    around: withRows((bytes) => ({
      commit: async (writes) => {
        await bytes.commit(writes.slice(-1));
        await bytes.commit(writes.slice(0, -1));
      },
    })),
  },
  {
    name: 'deleted rows are not logged',
    guarantee: 'at-least-once',
    around: withProducer((producer) => ({
      send: (record) => {
        if (record.value !== null || !record.topic.endsWith('-changelog')) producer.send(record);
      },
    })),
  },
  {
    name: 'finished offsets in commit metadata begin one record early',
    guarantee: 'at-least-once',
    around: withConsumer((consumer) => ({
      commit: (offsets) =>
        consumer.commit(offsets.map((one) => ({ ...one, metadata: one.metadata && earlierNote(one.metadata) }))),
    })),
  },
  {
    name: 'a global table is complete one record early',
    guarantee: 'at-least-once',
    topology: 'global table',
    around: withConsumer((consumer, grouped) => ({
      offsets: async (partitions, at) =>
        (await consumer.offsets(partitions, at)).map((offset, i) =>
          !grouped && at !== 'earliest' && partitions[i]?.topic === 'places' ? Math.max(0, offset - 1) : offset,
        ),
    })),
  },
];
