/** The generated topology and input of a seed. */
import {
  Random,
  type Seams,
  type SeedReport,
  type SimulationOptions,
  simulate,
  type TopologyOfProcess,
} from '@kstreams/simulation';
import type { Mutant } from './mutants/mutant.js';
import { withSchemas } from './schemas.js';
import { isLoading, withSnapshots } from './snapshots.js';
import { generateFor } from './topologies/generate.js';
import { left, places, right } from './topologies/item.js';
import type { InputRecords } from './topologies/laws.js';
import { nameOfWaits, randomWaits } from './waits.js';

/** Simulates the topology of a seed, with a bug if given. Returns the report with the topology's name and guarantee. */
export const runScenario = async (
  seed: number,
  { around, guarantee: where, inject, node, topology: part = '', waits = randomWaits(seed) }: Partial<Mutant> = {},
): Promise<SeedReport & { readonly name: string; readonly guarantee: string }> => {
  const random = new Random(seed ^ 0x5eed);
  const { build, guarantee: only, input: own, law, name: chain } = generateFor(seed, random, part, waits);
  const name = `${chain}${nameOfWaits(waits)}`;
  const guarantee = only ?? where ?? random.pick(['at-least-once', 'exactly-once', 'exactly-once']);
  const input = randomInput(random);
  const copied =
    waits.snapshots &&
    withSnapshots(seed, chain.includes('global') ? { ...waits.snapshots, ...steady } : waits.snapshots);
  const surroundings = copied === undefined ? around : (seams: Seams) => copied(around?.(seams) ?? seams);
  const options: SimulationOptions = {
    partitions: random.between(1, 3),
    processes: random.between(1, 3),
    ...(surroundings && { around: surroundings }),
    ...(waits.remoteState && { remoteState: waits.remoteState }),
    ...(waits.snapshots && { isLoading }),
    ...(waits.schemas && { onError: () => ({ retryAfter: 10 }) }),
    guarantee,
    input:
      own ??
      [
        ...input.left.map((one) => ({ ...one, to: left })),
        ...input.right.map((one) => ({ ...one, to: right })),
        ...(name.includes('global') ? input.places.map((one) => ({ ...one, to: places })) : []),
      ]
        .sort((a, b) => (a.value.ids[0] ?? 0) - (b.value.ids[0] ?? 0))
        .map(({ key, timestamp, to, value }) => [to, key, value, timestamp] as const),
    check: (outcome) => {
      const exactly = guarantee === 'exactly-once';
      if (exactly || !outcome.overwritten) law?.(outcome, input, exactly);
    },
  };
  const topology: TopologyOfProcess = (pause, load) => {
    const built = build(pause).build();
    const changed = node === undefined ? built : { name: built.name, nodes: built.nodes.map(node) };
    return waits.schemas === undefined ? changed : withSchemas(changed, waits.schemas, load);
  };
  const remove = inject?.();
  try {
    const [report] = await simulate(topology, { ...options, seeds: { from: seed, to: seed } });
    return { ...(report as SeedReport), name, guarantee };
  } catch (thrown) {
    throw new Error(`${name} (${guarantee}): ${thrown instanceof Error ? thrown.message : thrown}`, { cause: thrown });
  } finally {
    remove?.();
  }
};

/** An application with global tables fails when a snapshot cannot be read on. */
const steady = { grace: 1_000_000, missing: 0 };

/** Returns numbered records with unsteadily rising timestamps. */
const randomInput = (random: Random): InputRecords => {
  const records = Array.from({ length: random.between(10, 120) }, (_, id) => ({
    to: random.chance(0.6) ? 'left' : 'right',
    key: `k${random.below(5)}`,
    value: { ids: [id] },
    timestamp: Math.max(1, id * 10 + random.between(-60, 60)),
  }));
  const placed = Array.from({ length: random.below(10) }, (_, at) => ({
    key: `k${random.below(6)}`,
    value: { ids: [1_000 + at] },
    timestamp: at,
  }));
  return {
    left: records.filter(({ to }) => to === 'left'),
    right: records.filter(({ to }) => to === 'right'),
    places: placed,
  };
};
