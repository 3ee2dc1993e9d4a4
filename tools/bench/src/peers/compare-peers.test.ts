import { expect, test } from '@jest/globals';
import { comparePeers } from './compare-peers.js';
import { measuredRounds } from './measured-rounds.js';
import type { PeerProcess } from './peer-process.js';
import { topologies } from './topologies.js';

const size = { warmUp: 10, records: 100, rounds: 3 };

/** A side whose rounds take these times of wall and CPU, in s. */
const side = (seconds: readonly number[], sent = 100): PeerProcess & { readonly asked: number[] } => {
  const asked: number[] = [];
  return {
    asked,
    round: async (records) => {
      const wall = seconds[asked.push(records) - 1] as number;
      return { records, sent, wall, cpu: wall / 2 };
    },
    close: () => {},
  };
};

test('a round runs both sides, and ratios are those of rounds', async () => {
  const [ours, theirs] = [side([9, 1, 2, 4]), side([9, 2, 2, 2])];
  const { kafkaStreams, kstreams, ratio } = await comparePeers('count', [ours, theirs], size);
  expect([ours.asked, theirs.asked]).toEqual([
    [10, 100, 100, 100],
    [10, 100, 100, 100],
  ]);
  expect([kstreams, kafkaStreams]).toEqual([
    { wall: 50, cpu: 100 },
    { wall: 50, cpu: 100 },
  ]);
  expect(ratio.wall).toEqual({ median: 1, lowest: 0.5, highest: 2 });
});

test('sides that send different numbers of records are refused', async () => {
  const sides = [side([1, 1, 1, 1], 90), side([1, 1, 1, 1])] as const;
  await expect(comparePeers('count', sides, size)).rejects.toThrow('the sides of count send 270 and 300 records');
});

test.each([
  ['pass-through', 4_000],
  ['map-filter', 4_000],
  ['count', 4_000],
  ['tumbling-count', 4_000],
  ['stream-table-join', 173],
  ['stream-stream-join', 54],
])('%s sends what it should', async (name, sent) => {
  const round = await measuredRounds(topologies.find((one) => one.name === name) as (typeof topologies)[number]);
  expect(await round(4_000)).toMatchObject({ records: 4_000, sent });
});
