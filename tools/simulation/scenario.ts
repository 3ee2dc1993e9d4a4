/** A generated topology with its input, as one seed has it. */
import { Random, type SeedReport, type SimulationOptions, simulate } from '@kstreams/testing';
import { left, right } from './item.js';
import type { InputRecords } from './laws.js';
import { generate } from './topologies.js';

/** Simulates the topology of a seed; answers what it was, beside what the simulation did. */
export const runScenario = async (
  seed: number,
  given: Partial<SimulationOptions> = {},
): Promise<SeedReport & { readonly name: string; readonly guarantee: string }> => {
  const random = new Random(seed ^ 0x5eed);
  const { build, law, name } = generate(random);
  const guarantee = given.guarantee ?? random.pick(['at-least-once', 'exactly-once', 'exactly-once']);
  const input = randomInput(random);
  const options: SimulationOptions = {
    partitions: random.between(1, 3),
    processes: random.between(1, 3),
    ...given,
    guarantee,
    input: [...input.left.map((one) => ({ ...one, to: left })), ...input.right.map((one) => ({ ...one, to: right }))]
      .sort((a, b) => (a.value.ids[0] ?? 0) - (b.value.ids[0] ?? 0))
      .map(({ key, timestamp, to, value }) => [to, key, value, timestamp] as const),
    check: (outcome) => {
      const exactly = guarantee === 'exactly-once';
      if (exactly || !outcome.overwritten) law?.(outcome, input, exactly);
    },
  };
  try {
    const [report] = await simulate(build, { ...options, seeds: { from: seed, to: seed } });
    return { ...(report as SeedReport), name, guarantee };
  } catch (thrown) {
    throw new Error(`${name} (${guarantee}): ${thrown instanceof Error ? thrown.message : thrown}`, { cause: thrown });
  }
};

/** Numbered records, with timestamps that rise but not steadily. */
const randomInput = (random: Random): InputRecords => {
  const records = Array.from({ length: random.between(10, 120) }, (_, id) => ({
    to: random.chance(0.6) ? 'left' : 'right',
    key: `k${random.below(5)}`,
    value: { ids: [id] },
    timestamp: Math.max(1, id * 10 + random.between(-60, 60)),
  }));
  return { left: records.filter(({ to }) => to === 'left'), right: records.filter(({ to }) => to === 'right') };
};
