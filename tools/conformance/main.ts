/**
 * `npm run conformance -- [--vectors DIR] [--filter text] [--json]`: cases observed on Kafka Streams against ours, in the
 * test driver; with `--backend level` on disk, with `--runtime` in the whole runtime on the embedded log, with
 * `--partitions 4` on several partitions of it, with `--all` in all of these ways.
 */
import { parseArgs } from 'node:util';
import type { Case } from './case.js';
import { driverMode, levelMode, type Mode, runtimeMode, spreadMode } from './modes.js';
import { type Judged, report, totals } from './report.js';
import { type AnyCase, ownVectors, readVectors } from './vectors.js';

const { values } = parseArgs({
  options: {
    vectors: { type: 'string', default: ownVectors },
    filter: { type: 'string' },
    json: { type: 'boolean', default: false },
    backend: { type: 'string' },
    runtime: { type: 'boolean', default: false },
    partitions: { type: 'string' },
    all: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const { all, backend, filter, json, partitions, runtime, seed, vectors } = values;

const modes: Mode[] = [];
if (all || backend === 'level') modes.push(await levelMode());
if (all || runtime) modes.push(runtimeMode(seed));
if (all || partitions !== undefined) modes.push(spreadMode(Number(partitions ?? 4), seed));
if (all || modes.length === 0) modes.unshift(driverMode());

const isRun = (one: AnyCase): boolean => 'steps' in one;
const judged: Judged[] = [];
for (const mode of modes) {
  const cases = readVectors(vectors, filter).filter((one) => isRun(one) && mode.takes(one as unknown as Case));
  const here: Judged[] = [];
  for (const one of cases) here.push({ one, mode: mode.name, ...(await mode.judge(one as unknown as Case)) });
  await mode.close();
  if (modes.length > 1 && !json) console.log(`${mode.name}: ${totals(here)}`);
  judged.push(...here);
}

if (json)
  console.log(JSON.stringify(judged.map(({ one, ...outcome }) => ({ name: one.name, kind: one.kind, ...outcome }))));
else console.log(report(judged, filter !== undefined));
if (judged.length === 0)
  console.error(`no case in ${vectors}${filter === undefined ? '' : ` has "${filter}" in its name`}`);
if (judged.length === 0 || judged.some(({ result }) => result === 'differ' || result === 'unsupported'))
  process.exitCode = 1;
