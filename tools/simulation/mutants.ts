/** Deliberate bugs, each put between the runtime and what it runs on: the simulation must find every one. */
import type { Seams } from '@kstreams/testing';
import type { CommittedOffset, Consumer, Guarantee, Outgoing } from 'kstreams';
import { over } from '../jest/over.js';
import { withConsumer, withListener, withProducer, withRows } from './seams.js';

/** A deliberate bug. */
export interface Mutant {
  readonly name: string;
  /** Where it can be found. */
  readonly guarantee: Guarantee;
  readonly around: (seams: Seams) => Seams;
}

/** The bugs that break what at-least-once promises. */
const atLeastOnce: readonly Mutant[] = [
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
    name: 'lost partitions are worked on',
    guarantee: 'at-least-once',
    around: withListener(() => ({ lost: async () => {} })),
  },
  {
    name: 'revoked partitions are given up without a commit',
    guarantee: 'at-least-once',
    around: withListener((listener) => ({ revoked: (partitions) => listener.lost(partitions) })),
  },
  {
    name: 'revoked partitions are worked on',
    guarantee: 'at-least-once',
    around: withListener(() => ({ revoked: async () => {} })),
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
    name: 'a partition always begins anew',
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
    name: 'rows and positions are written apart',
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
];

/** The bugs that break what exactly-once promises. */
const exactlyOnce: readonly Mutant[] = [
  {
    name: 'rows are written before the transaction is committed',
    guarantee: 'exactly-once',
    around: (seams) => {
      let commit = async (): Promise<void> => {};
      let rows = false;
      const later = withProducer((producer) => ({
        send: (record) => {
          rows ||= record.topic.endsWith('-changelog');
          producer.send(record);
        },
        commit: async () => {
          if (!rows) return producer.commit();
          rows = false;
          commit = () => producer.commit();
        },
      }));
      const first = withRows((bytes) => ({
        commit: async (writes) => {
          await bytes.commit(writes);
          const due = commit;
          commit = async () => {};
          await due();
        },
      }));
      return later(first(seams));
    },
  },
  {
    name: 'offsets are committed after the transaction, not in it',
    guarantee: 'exactly-once',
    around: withProducer((producer) => {
      let due: (() => Promise<void>) | undefined;
      return {
        sendOffsets: async (offsets: readonly CommittedOffset[], consumer: Consumer) => {
          due = () => consumer.commit(offsets);
        },
        commit: async () => {
          await producer.commit();
          await due?.();
          due = undefined;
        },
      };
    }),
  },
  {
    name: 'offsets are committed before the transaction, not in it',
    guarantee: 'exactly-once',
    around: withProducer(() => ({ sendOffsets: (offsets, consumer) => consumer.commit(offsets) })),
  },
  {
    name: 'output is in no transaction',
    guarantee: 'exactly-once',
    around: (seams) => {
      const plain = over(seams.transport, {
        producer: async ({ clientId }) => {
          const producer = await seams.transport.producer({ clientId });
          return over(producer, {
            begin: () => {},
            sendOffsets: async (offsets, consumer) => {
              await producer.flush();
              await consumer.commit(offsets);
            },
            commit: () => producer.flush(),
            abort: async () => {},
          });
        },
      });
      return { ...seams, transport: plain };
    },
  },
  {
    name: 'nothing is read again after an aborted transaction',
    guarantee: 'exactly-once',
    around: withConsumer(() => ({ seek: async () => {} })),
  },
  {
    name: 'what is to be aborted is committed',
    guarantee: 'exactly-once',
    around: withProducer((producer) => ({ abort: () => producer.commit() })),
  },
  {
    name: 'a failed commit is overlooked',
    guarantee: 'exactly-once',
    around: withProducer((producer) => ({ commit: () => producer.commit().catch(() => {}) })),
  },
  {
    name: 'records of aborted transactions are read',
    guarantee: 'exactly-once',
    around: (seams) => ({
      ...seams,
      transport: over(seams.transport, {
        consumer: (options) => seams.transport.consumer({ ...options, isolation: 'latest' }),
      }),
    }),
  },
  {
    name: 'a restore waits for a record where the marker of a transaction is',
    guarantee: 'exactly-once',
    around: withConsumer((consumer, grouped) => {
      const last = new Map<string, number>();
      return {
        poll: async (max, wait) => {
          const records = await consumer.poll(max, wait);
          for (const { topic, partition, offset } of records) last.set(`${topic}/${partition}`, offset + 1);
          return records;
        },
        position: (one) => (grouped ? consumer.position(one) : (last.get(`${one.topic}/${one.partition}`) ?? 0)),
      };
    }),
  },
  {
    name: 'lost partitions are worked on in transactions',
    guarantee: 'exactly-once',
    around: withListener(() => ({ lost: async () => {} })),
  },
  {
    name: 'records are sent in any order',
    guarantee: 'exactly-once',
    around: withProducer((producer) => {
      let held: Outgoing | undefined;
      const release = (): void => {
        if (held !== undefined) producer.send(held);
        held = undefined;
      };
      return {
        send: (record) => {
          if (held === undefined) held = record;
          else {
            producer.send(record);
            release();
          }
        },
        commit: () => {
          release();
          return producer.commit();
        },
        abort: () => {
          held = undefined;
          return producer.abort();
        },
      };
    }),
  },
];

/** All deliberate bugs. */
export const mutants: readonly Mutant[] = [...atLeastOnce, ...exactlyOnce];
