import { describe, expect, test } from '@jest/globals';
import type { Position, Received, TopicPartition } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import fc from 'fast-check';
import type { NativeConsumer, NativeMessage, NativePartition } from './addon.js';
import { Reader } from './reader.js';

const topic = 't';
const end = 100;

interface Job {
  readonly max: number;
  readonly done: () => void;
  found?: (readonly ['data' | 'end', partition: number, offset: number])[];
}

/** A client whose threads work when they are told to: a fetch takes what is assigned then, and tells of it later. */
class SlowClient {
  readonly #positions = new Map<number, number>();
  readonly #jobs: Job[] = [];
  readonly #listeners: { data?: (message: NativeMessage) => void; end?: (at: Position) => void } = {};

  readonly native = {
    setDefaultConsumeTimeout: () => {},
    on: (event: 'data' | 'partition.eof', listener: never) => {
      this.#listeners[event === 'data' ? 'data' : 'end'] = listener;
    },
    incrementalAssign: (added: readonly NativePartition[]) => {
      for (const { offset = 0, partition } of added) this.#positions.set(partition, offset);
    },
    incrementalUnassign: (removed: readonly NativePartition[]) => {
      for (const { partition } of removed) this.#positions.delete(partition);
    },
    seek: ({ offset = 0, partition }: NativePartition, _: number, done: () => void) => {
      this.#positions.set(partition, offset);
      done();
    },
    consume: (max: number, done: () => void) => this.#jobs.push({ max, done }),
  } as unknown as NativeConsumer;

  /** The thread fetches. */
  work(): void {
    const job = this.#jobs[0];
    if (job === undefined || job.found !== undefined) return;
    job.found = [];
    for (const [partition, position] of this.#positions) {
      for (let offset = position; offset < end && job.found.length < job.max; offset++) {
        job.found.push(['data', partition, offset]);
        this.#positions.set(partition, offset + 1);
      }
      if (this.#positions.get(partition) === end) job.found.push(['end', partition, end]);
    }
  }

  /** What was fetched is told. */
  tell(): void {
    if (this.#jobs[0]?.found === undefined) return;
    const { done, found = [] } = this.#jobs.shift() as Job;
    for (const [kind, partition, offset] of found) {
      if (kind === 'end') this.#listeners.end?.({ topic, partition, offset });
      else this.#listeners.data?.({ topic, partition, offset, timestamp: 0, key: null, value: null });
    }
    done();
  }
}

type Action =
  | readonly ['add' | 'seek', partition: number, offset: number]
  | readonly ['remove', partition: number]
  | readonly ['fetch', max: number]
  | readonly ['serve' | 'work' | 'tell'];

/** Takes the actions, then fetches to the end; answers what was given of each assignment. */
const given = async (actions: readonly Action[]): Promise<readonly { from: number; offsets: readonly number[] }[]> => {
  const client = new SlowClient();
  const reader = new Reader(client.native, new TestClock());
  const all: { from: number; offsets: number[] }[] = [];
  const now = new Map<number, { from: number; offsets: number[] }>();
  const begin = (partition: number, from: number): void => {
    const one = { from, offsets: [] };
    all.push(one);
    now.set(partition, one);
  };
  const take = (records: readonly Received[]): void => {
    for (const { offset, partition } of records) now.get(partition)?.offsets.push(offset);
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  for (const [kind, first = 0, offset = 0] of actions) {
    const place: TopicPartition = { topic, partition: first };
    const held = now.has(first);
    if (kind === 'add' && !held) {
      begin(first, offset);
      reader.add([{ ...place, offset }], false);
    } else if (kind === 'remove' && held) {
      now.delete(first);
      reader.remove([place]);
    } else if (kind === 'seek' && held) {
      begin(first, offset);
      void reader.seek({ ...place, offset });
    } else if (kind === 'fetch') {
      void reader.fetch(first).then(take);
    } else if (kind === 'serve') void reader.serve();
    else if (kind === 'work') client.work();
    else if (kind === 'tell') client.tell();
    await settle();
    take(reader.take(10));
  }
  for (let i = 0; i < 40; i++) {
    void reader.fetch(1_000).then(take);
    client.work();
    client.tell();
    await settle();
    take(reader.take(1_000));
  }
  for (const [partition, { offsets, from }] of now) {
    expect(offsets.length).toBe(end - from);
    expect(reader.find({ topic, partition })).toMatchObject({ position: end, end });
  }
  return all;
};

describe('what is assigned is given whole and in order', () => {
  test('of a partition that comes while a fetch is under way', async () => {
    const [one] = await given([['fetch', 50], ['add', 0, 95], ['work'], ['tell'], ['fetch', 50]]);
    expect(one?.offsets).toEqual([95, 96, 97, 98, 99]);
  });

  test('of one that comes again elsewhere, whatever the fetch before brings', async () => {
    const actions: Action[] = [['add', 0, 0], ['fetch', 3], ['work'], ['remove', 0], ['add', 0, 97], ['tell']];
    expect((await given(actions)).map(({ offsets }) => offsets)).toEqual([[], [97, 98, 99]]);
  });

  test('whatever comes, goes and begins elsewhere in whatever order', async () => {
    const partition = fc.nat(2);
    const offset = fc.integer({ min: 0, max: end });
    const action = fc.oneof(
      fc.tuple(fc.constantFrom('add' as const, 'seek' as const), partition, offset),
      fc.tuple(fc.constant('remove' as const), partition),
      fc.tuple(fc.constant('fetch' as const), fc.integer({ min: 1, max: 60 })),
      fc.tuple(fc.constantFrom('serve' as const, 'work' as const, 'tell' as const)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        for (const { from, offsets } of await given(actions)) {
          expect(offsets).toEqual(offsets.map((_, i) => from + i));
        }
      }),
      { numRuns: 300 },
    );
  });
});
