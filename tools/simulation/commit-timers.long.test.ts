import { expect, test } from '@jest/globals';
import { Random, type SimulatedInput, simulate } from '@kstreams/simulation';
import { type Context, record, type StreamRecord, streams, string, timers } from 'kstreams';
import { both, type Item, items, left, output } from './topologies/item.js';

/** Holds items back until the commit, and collects them by key: each timer reads a row of the aggregate. */
const heldUntilCommit = () => {
  const held = timers('held', { key: string, value: items, clock: 'commit' });
  const app = streams('held-until-commit');
  app
    .stream(left)
    .process(
      (context: Context<string, Item>) => {
        const waiting = context.timers(held, (key, _, value) => context.forward(record(key, value, 1)));
        return ({ key, value }: StreamRecord<string, Item>) =>
          waiting.set(key, 0, both(waiting.get(key)?.value, value));
      },
      { stores: [held], key: string, value: items, partitioned: 'kept' },
    )
    .groupByKey()
    .aggregate((): Item => ({ ids: [] }), both, { name: 'all', value: items })
    .toStream()
    .to(output);
  return app;
};

// Without a bound of the records per commit, the timers of these seeds never fit into a transaction.
test.each([33, 41])(
  'timers before a commit that take longer than a transaction are committed in smaller ones: seed %i',
  async (seed) => {
    const random = new Random(seed ^ 77);
    const input = Array.from(
      { length: random.between(20, 100) },
      (_, id): SimulatedInput => [
        left,
        `k${random.below(12)}`,
        { ids: [id] },
        Math.max(1, id * 10 + random.between(-60, 60)),
      ],
    );
    const reports = await simulate(heldUntilCommit(), {
      seeds: { from: seed, to: seed },
      guarantee: 'exactly-once',
      partitions: 1,
      processes: random.between(1, 2),
      input,
      remoteState: { memory: 4_000, latency: random.pick([5, 30, 100]) },
    });
    expect(reports).toHaveLength(1);
  },
);
