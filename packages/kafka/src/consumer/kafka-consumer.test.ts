import { expect, test } from '@jest/globals';
import { FencedError, type TopicPartition } from '@kstreams/core/graph';
import { codes } from '@kstreams/kafka-common';
import { TestClock } from '@kstreams/testing';
import type { Addon, NativeError, NativePartition } from '../client/addon.js';
import { KafkaConsumer } from './kafka-consumer.js';

const place = { topic: 't', partition: 0 };

/** Opens a member with one assigned partition. Its client reports these codes as commit outcomes, then success. */
const openMember = async (outcomes: readonly number[], onOutcome?: (lose: () => void) => void) => {
  const committed: (readonly NativePartition[])[] = [];
  const clock = new TestClock();
  let rebalance = (_: NativeError, __: readonly TopicPartition[]): void => {};
  let lost = false;
  class Client {
    readonly #report: (failure: NativeError | undefined) => void;
    #reported = 0;

    constructor(settings: Record<string, (...args: never[]) => void>) {
      Object.assign(this, { setDefaultConsumeTimeout: () => {} });
      this.#report = settings.offset_commit_cb as (failure: NativeError | undefined) => void;
      rebalance = settings.rebalance_cb as typeof rebalance;
    }

    connect = (_: unknown, done: () => void): void => done();
    on = (): void => {};
    subscribe = (): void => {};
    incrementalAssign = (): void => {};
    assignmentLost = (): boolean => lost;
    commit = (offsets: readonly NativePartition[]): void => {
      committed.push(offsets);
    };
    consume = (_: number, done: () => void): void => {
      if (this.#reported < committed.length) {
        const code = outcomes[this.#reported++];
        this.#report(code === undefined ? undefined : { code, message: `outcome ${code}` });
        onOutcome?.(() => {
          lost = true;
          rebalance({ code: codes.revoke, message: '' }, [place]);
        });
      }
      done();
    };
  }
  const consumer = await KafkaConsumer.open(
    {
      addon: { KafkaConsumer: Client } as unknown as Addon,
      settings: { brokers: 'nowhere:1' },
      clock,
      log: () => {},
    },
    { clientId: 'c', group: 'g' },
    {
      acquire: () => async () => {},
      offsets: async () => [],
      request: async () => ({}) as never,
      unreadable: async () => [],
    },
  );
  await consumer.subscribe({
    topics: ['t'],
    listener: {
      assigned: async () => [{ ...place, offset: 0 }],
      revoked: async () => [],
      lost: async () => [],
    },
  });
  rebalance({ code: codes.assign, message: '' }, [place]);
  await consumer.poll(1, 0);
  const commit = async (): Promise<void> => {
    let settled = false;
    const done = consumer.commit([{ ...place, offset: 7 }]).finally(() => (settled = true));
    done.catch(() => {});
    while (!settled) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(20);
    }
    await done;
  };
  return { commit, committed };
};

test('a commit that a rebalance refuses is retried in the new generation', async () => {
  const { commit, committed } = await openMember([codes.oldGeneration, codes.rebalancing]);
  await commit();
  expect(committed).toHaveLength(3);
});

test('a member does not commit lost partitions in a new generation', async () => {
  const { commit, committed } = await openMember([codes.oldGeneration], (lose) => lose());
  await expect(commit()).rejects.toThrow(FencedError);
  expect(committed).toHaveLength(1);
});
