/**
 * Runs `npm run conformance -- [--vectors DIR] [--filter text] [--json]`: compares kstreams with cases observed on Kafka
 * Streams, in the test driver, and the structure of topologies. With `--backend level`, state is on disk; with
 * `--runtime`, cases run in the whole runtime on the embedded log; with `--partitions 4`, on several partitions. `--all`
 * runs these modes. `--state redis` runs cases in the whole runtime with state in memory, level, snapshots, redis, postgres or bigtable.
 */
import { parseArgs } from 'node:util';
import type { Case } from './case.js';
import { driverMode, levelMode, type Mode, partitionedMode, runtimeMode, stateMode } from './modes.js';
import type { Outcome } from './outcome.js';
import { type Judged, report, totals } from './report.js';
import { judgeTopology } from './topologies/judge-topology.js';
import type { TopologyCase } from './topologies/topology-case.js';
import { type AnyCase, ownVectors, readVectors } from './vectors.js';

const { values } = parseArgs({
  options: {
    vectors: { type: 'string', default: ownVectors },
    filter: { type: 'string' },
    json: { type: 'boolean', default: false },
    backend: { type: 'string' },
    runtime: { type: 'boolean', default: false },
    partitions: { type: 'string' },
    state: { type: 'string', multiple: true, default: [] },
    all: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const { all, backend, filter, json, partitions, runtime, seed, state, vectors } = values;

const modes: Mode[] = [];
if (all || backend === 'level') modes.push(await levelMode());
if (all || runtime) modes.push(runtimeMode(seed));
if (all || partitions !== undefined) modes.push(partitionedMode(Number(partitions ?? 4), seed));
for (const one of state) modes.push(await stateMode(one, seed));
const structure = all || modes.length === 0;
if (structure) modes.unshift(driverMode());

const everything = readVectors(vectors);
const cases = everything.filter(({ name }) => filter === undefined || name.includes(filter));
const judged: Judged[] = [];
const judge = async (mode: string, chosen: readonly AnyCase[], of: (one: AnyCase) => Outcome | Promise<Outcome>) => {
  const here: Judged[] = [];
  for (const one of chosen) here.push({ one, mode, ...(await of(one)) });
  if (all && !json) console.log(`${mode}: ${totals(here)}`);
  judged.push(...here);
};

const runs = cases.filter((one) => 'steps' in one) as (AnyCase & Case)[];
for (const mode of modes) {
  await judge(mode.name, runs.filter(mode.takes), (one) => mode.judge(one as AnyCase & Case));
  await mode.close();
}
if (structure) {
  const isTopology = (one: AnyCase): boolean => 'subtopologies' in one;
  const twins = everything.filter(isTopology) as (AnyCase & TopologyCase)[];
  await judge('topology', cases.filter(isTopology), (one) => judgeTopology(one as AnyCase & TopologyCase, twins));
}
const others = cases.filter((one) => !('steps' in one || 'subtopologies' in one));
await judge('format', others, () => ({ result: 'unsupported', why: 'a case with neither steps nor subtopologies' }));

if (json)
  console.log(JSON.stringify(judged.map(({ one, ...outcome }) => ({ name: one.name, kind: one.kind, ...outcome }))));
else console.log(report(judged, filter !== undefined));
if (judged.length === 0)
  console.error(`no case in ${vectors}${filter === undefined ? '' : ` has "${filter}" in its name`}`);
if (judged.length === 0 || judged.some(({ result }) => result === 'differ' || result === 'unsupported'))
  process.exitCode = 1;
