import { partitionId } from '@kstreams/core/graph';
import { override } from '@kstreams/test-support/override';
import type { CommittedOffset, Consumer, Outgoing } from 'kstreams/authors';
import type { Mutant } from './mutant.js';
import { withConsumer, withListener, withProducer, withRows } from './seams.js';

/** Bugs that break exactly-once. */
export const exactlyOnce: readonly Mutant[] = [
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
      const plain = override(seams.transport, {
        producer: async ({ clientId }) => {
          const producer = await seams.transport.producer({ clientId });
          return override(producer, {
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
    name: 'an abort commits',
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
      transport: override(seams.transport, {
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
          for (const record of records) last.set(partitionId(record), record.offset + 1);
          return records;
        },
        position: (one) => (grouped ? consumer.position(one) : (last.get(partitionId(one)) ?? 0)),
      };
    }),
  },
  {
    name: 'lost partitions are processed in transactions',
    guarantee: 'exactly-once',
    around: withListener(() => ({ lost: async () => [] })),
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
