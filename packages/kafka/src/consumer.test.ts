import { expect, test } from '@jest/globals';
import { FencedError, type TopicPartition } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import type { Addon, NativeError, NativePartition } from './addon.js';
import { KafkaConsumer } from './consumer.js';
import { codes } from './errors.js';

const place = { topic: 't', partition: 0 };

/** A member that was given a partition; its client answers commits with these codes, one after another, then with success. */
const member = async (answers: readonly number[], meanwhile?: (lose: () => void) => void) => {
  const committed: (readonly NativePartition[])[] = [];
  const clock = new TestClock();
  let tell = (_: NativeError, __: readonly TopicPartition[]): void => {};
  let lost = false;
  class Client {
    readonly #answered: (failure: NativeError | undefined) => void;
    #asked = 0;
    #told = 0;

    constructor(settings: Record<string, (...args: never[]) => void>) {
      Object.assign(this, { setDefaultConsumeTimeout: () => {} });
      this.#answered = settings.offset_commit_cb as (failure: NativeError | undefined) => void;
      tell = settings.rebalance_cb as typeof tell;
    }

    connect = (_: unknown, done: () => void): void => done();
    on = (): void => {};
    subscribe = (): void => {};
    incrementalAssign = (): void => {};
    assignmentLost = (): boolean => lost;
    commit = (offsets: readonly NativePartition[]): void => {
      committed.push(offsets);
      this.#asked++;
    };
    consume = (_: number, done: () => void): void => {
      if (this.#told < this.#asked) {
        const code = answers[this.#told++];
        this.#answered(code === undefined ? undefined : { code, message: `answer ${code}` });
        meanwhile?.(() => {
          lost = true;
          tell({ code: codes.revoke, message: '' }, [place]);
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
      offsets: async () => [],
      closed: async () => {},
    },
    { clientId: 'c', group: 'g' },
  );
  await consumer.subscribe({
    leaders: ['t'],
    followers: () => [],
    listener: {
      assigned: async () => [{ ...place, offset: 0 }],
      revoked: async () => {},
      lost: async () => {},
    },
  });
  tell({ code: codes.assign, message: '' }, [place]);
  await consumer.poll(1, 0);
  const commit = async (): Promise<void> => {
    let over = false;
    const done = consumer.commit([{ ...place, offset: 7 }]).finally(() => (over = true));
    done.catch(() => {});
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(20);
    }
    await done;
  };
  return { commit, committed };
};

test('a commit that a rebalance refuses is sent again, in the new generation', async () => {
  const { commit, committed } = await member([codes.oldGeneration, codes.rebalancing]);
  await commit();
  expect(committed).toHaveLength(3);
});

test('a member that has lost its partitions does not commit them in a new generation', async () => {
  const { commit, committed } = await member([codes.oldGeneration], (lose) => lose());
  await expect(commit()).rejects.toThrow(FencedError);
  expect(committed).toHaveLength(1);
});

test('a member that is not known any more is fenced at once', async () => {
  const { commit, committed } = await member([25]);
  await expect(commit()).rejects.toThrow(FencedError);
  expect(committed).toHaveLength(1);
});

test('a group that never settles fails the commit in the end', async () => {
  const { commit } = await member(Array.from({ length: 10_000 }, () => codes.oldGeneration));
  await expect(commit()).rejects.toThrow('answer 22');
});
