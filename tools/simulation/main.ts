/**
 * Runs `npm run simulate -- --seeds 1..1000 | --seed 7 | --new 300 | --mutants | --damage`: random topologies under seeded
 * faults, new seeds, deliberate bugs that must be found, or folders damaged between two runs.
 */
import { parseArgs } from 'node:util';
import { runDamaged } from './damage/fuzz.js';
import { mutants } from './mutants/mutants.js';
import { runScenario } from './scenario.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..1000' },
    seed: { type: 'string' },
    new: { type: 'string' },
    mutants: { type: 'boolean' },
    damage: { type: 'boolean' },
  },
});

const first = Math.floor(Date.now() / 1_000);
const range = values.new === undefined ? values.seeds : `${first}..${first + Number(values.new) - 1}`;
const [from = 1, to = from] = (values.seed ?? range).split('..').map(Number);
if (values.new !== undefined) console.log(`simulate: seeds ${range}`);
const seconds = (since: number): number => (performance.now() - since) / 1_000;

/** Runs seeds and prints a summary. */
const runSeeds = async (): Promise<void> => {
  const started = performance.now();
  let steps = 0;
  let failed = 0;
  const faults = new Map<string, number>();
  for (let seed = from; seed <= to; seed++) {
    try {
      const report = await runScenario(seed);
      steps += report.steps;
      for (const [kind, count] of report.faults) faults.set(kind, (faults.get(kind) ?? 0) + count);
      if (values.seed !== undefined) {
        console.log(
          `seed ${seed}: ${report.name} (${report.guarantee}), ${report.steps} steps, schedule ${report.hash}`,
        );
      }
    } catch (thrown) {
      failed++;
      const { cause, message } = thrown as Error & { readonly cause?: { readonly schedule?: readonly string[] } };
      if (values.seed !== undefined && cause?.schedule !== undefined) console.log(cause.schedule.join('\n'));
      console.log(`${message}\nagain: npm run simulate -- --seed ${seed}`);
    }
  }
  const [took, count] = [seconds(started), to - from + 1];
  console.log(
    `simulate: ${count} seeds, ${failed} failed, ${steps} steps, ${took.toFixed(1)} s ` +
      `(${((took * 1_000) / count).toFixed(1)} s for 1,000); ${[...faults].map(([kind, n]) => `${kind} ${n}`).join(', ')}`,
  );
  if (failed > 0) process.exitCode = 1;
};

/** Runs each deliberate bug seed after seed, and prints the seed that found it. */
const findMutants = async (): Promise<void> => {
  let found = 0;
  for (const mutant of mutants) {
    const started = performance.now();
    let by: string | undefined;
    let seed = from - 1;
    while (by === undefined && seed < to) {
      seed++;
      await runScenario(seed, mutant).catch((thrown: Error) => {
        by = thrown.message.split('\n').at(-1);
      });
    }
    if (by !== undefined) found++;
    console.log(
      `${by === undefined ? 'NOT FOUND' : `seed ${seed}`} (${seconds(started).toFixed(1)} s): ${mutant.name}`,
    );
    if (by !== undefined) console.log(`  ${by.slice(0, 160)}`);
  }
  console.log(`simulate: ${found} of ${mutants.length} deliberate bugs found, each within ${to - from + 1} seeds`);
  if (found < mutants.length) process.exitCode = 1;
};

/** Damages a folder per seed, and prints what was neither noticed nor harmless. */
const runDamages = async (): Promise<void> => {
  const started = performance.now();
  let [failed, refused] = [0, 0];
  for (let seed = from; seed <= to; seed++) {
    try {
      const { noticed, what } = await runDamaged(seed);
      if (noticed !== undefined) refused++;
      if (values.seed !== undefined) console.log(`seed ${seed}: ${what}: ${noticed ?? 'the results are right'}`);
    } catch (thrown) {
      failed++;
      console.log(`seed ${seed}: ${(thrown as Error).message}\nagain: npm run simulate -- --damage --seed ${seed}`);
    }
  }
  const count = to - from + 1;
  console.log(
    `damage: ${count} folders, ${failed} failed, ${refused} refused with the damage, ` +
      `${count - refused - failed} right, ${seconds(started).toFixed(1)} s`,
  );
  if (failed > 0) process.exitCode = 1;
};

await (values.mutants ? findMutants() : values.damage ? runDamages() : runSeeds());
