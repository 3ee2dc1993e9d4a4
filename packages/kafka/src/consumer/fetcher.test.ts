import { describe, expect, test } from '@jest/globals';
import type { Received, TopicPartition } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import fc from 'fast-check';
import type { ConsumerEvents, NativeFetching, NativePartition } from '../client/addon.js';
import { Callbacks } from '../client/callbacks.js';
import { Fetcher } from './fetcher.js';

const topic = 't';
const end = 100;

interface FetchCall {
  readonly max: number;
  readonly done: () => void;
  events?: (readonly ['data' | 'end', partition: number, offset: number])[];
}

/** A client with manual threads: `fetch` takes records of the assignment of that moment, `deliver` reports them later. */
class SlowClient {
  readonly #positions = new Map<number, number>();
  readonly #calls: FetchCall[] = [];
  readonly #listeners: Partial<ConsumerEvents> = {};

  readonly native: NativeFetching = {
    setDefaultConsumeTimeout: () => {},
    on: (event, listener) => {
      Object.assign(this.#listeners, { [event]: listener });
    },
    incrementalAssign: (added) => {
      for (const { offset = 0, partition } of added) this.#positions.set(partition, offset);
    },
    incrementalUnassign: (removed) => {
      for (const { partition } of removed) this.#positions.delete(partition);
    },
    seek: ({ offset = 0, partition }: NativePartition, _, done) => {
      this.#positions.set(partition, offset);
      done(null, undefined);
    },
    consume: (max, done) => this.#calls.push({ max, done: () => done(null, undefined) }),
    pause: () => {},
    resume: () => {},
  };

  /** Runs the fetch of the oldest call. */
  fetch(): void {
    const call = this.#calls[0];
    if (call === undefined || call.events !== undefined) return;
    call.events = [];
    for (const [partition, position] of this.#positions) {
      for (let offset = position; offset < end && call.events.length < call.max; offset++) {
        call.events.push(['data', partition, offset]);
        this.#positions.set(partition, offset + 1);
      }
      if (this.#positions.get(partition) === end) call.events.push(['end', partition, end]);
    }
  }

  /** Passes the events of the oldest call to the listeners and ends the call. */
  deliver(): void {
    if (this.#calls[0]?.events === undefined) return;
    const { done, events = [] } = this.#calls.shift() as FetchCall;
    for (const [kind, partition, offset] of events) {
      if (kind === 'end') this.#listeners['partition.eof']?.({ topic, partition, offset });
      else this.#listeners.data?.({ topic, partition, offset, timestamp: 0, key: null, value: null });
    }
    done();
  }
}

type Action =
  | readonly ['add' | 'seek', partition: number, offset: number]
  | readonly ['remove', partition: number]
  | readonly ['poll', max: number]
  | readonly ['serve' | 'fetch' | 'deliver'];

/** The polled offsets of one assignment or seek. */
interface Polled {
  readonly from: number;
  readonly offsets: number[];
}

/** Runs the actions, then polls to the end; returns the polled offsets of every assignment and seek. */
const pollAll = async (actions: readonly Action[]): Promise<readonly Polled[]> => {
  const client = new SlowClient();
  const callbacks = new Callbacks((failure) => {
    throw failure;
  });
  const fetcher = new Fetcher(client.native, new TestClock(), callbacks);
  const current = new Map<number, Polled>();
  const all: Polled[] = [];
  const begin = (partition: number, from: number): void => {
    const one = { from, offsets: [] };
    all.push(one);
    current.set(partition, one);
  };
  const collect = (records: readonly Received[]): void => {
    for (const { offset, partition } of records) current.get(partition)?.offsets.push(offset);
  };
  const eventLoop = () => new Promise((resolve) => setImmediate(resolve));
  for (const [kind, first = 0, offset = 0] of actions) {
    const place: TopicPartition = { topic, partition: first };
    const assigned = current.has(first);
    if (kind === 'add' && !assigned) {
      begin(first, offset);
      fetcher.add([{ ...place, offset }], false);
    } else if (kind === 'remove' && assigned) {
      current.delete(first);
      fetcher.remove([place]);
    } else if (kind === 'seek' && assigned) {
      begin(first, offset);
      void fetcher.seek({ ...place, offset });
    } else if (kind === 'poll') {
      void fetcher.fetch(first).then(collect);
    } else if (kind === 'serve') void fetcher.serve();
    else if (kind === 'fetch') client.fetch();
    else if (kind === 'deliver') client.deliver();
    await eventLoop();
    collect(fetcher.take(10));
  }
  for (let i = 0; i < 40; i++) {
    void fetcher.fetch(1_000).then(collect);
    client.fetch();
    client.deliver();
    await eventLoop();
    collect(fetcher.take(1_000));
  }
  for (const [partition, { offsets, from }] of current) {
    expect(offsets.length).toBe(end - from);
    expect(fetcher.find({ topic, partition })).toMatchObject({ position: end, caughtUp: true });
  }
  return all;
};

describe('every assigned partition is polled completely and in order', () => {
  test('a partition that is added during a fetch', async () => {
    const [one] = await pollAll([['poll', 50], ['add', 0, 95], ['fetch'], ['deliver'], ['poll', 50]]);
    expect(one?.offsets).toEqual([95, 96, 97, 98, 99]);
  });

  test('a partition that is added again elsewhere drops the records of earlier fetches', async () => {
    const actions: Action[] = [['add', 0, 0], ['poll', 3], ['fetch'], ['remove', 0], ['add', 0, 97], ['deliver']];
    expect((await pollAll(actions)).map(({ offsets }) => offsets)).toEqual([[], [97, 98, 99]]);
  });

  test('random additions, removals and seeks', async () => {
    const partition = fc.nat(2);
    const offset = fc.integer({ min: 0, max: end });
    const action = fc.oneof(
      fc.tuple(fc.constantFrom('add' as const, 'seek' as const), partition, offset),
      fc.tuple(fc.constant('remove' as const), partition),
      fc.tuple(fc.constant('poll' as const), fc.integer({ min: 1, max: 60 })),
      fc.tuple(fc.constantFrom('serve' as const, 'fetch' as const, 'deliver' as const)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        for (const { from, offsets } of await pollAll(actions)) {
          expect(offsets).toEqual(offsets.map((_, i) => from + i));
        }
      }),
      { numRuns: 300 },
    );
  });
});
