/** All benchmarks, from the innermost loop outwards. */
import type { Benchmark } from '../benchmark.js';
import { asyncStages } from './async-stage.js';
import { asyncTask } from './async-task.js';
import { calendarDays } from './calendar.js';
import { closures } from './closures.js';
import { bigtableState, postgresState, redisState } from './database-state.js';
import { embeddedLog } from './embedded-log.js';
import { formats } from './formats.js';
import { jsonLoop } from './json-loop.js';
import { kafkaCluster } from './kafka-cluster.js';
import { levelReads } from './level-reads.js';
import { levelWrites } from './level-writes.js';
import { keysOverHttp } from './queries.js';
import { telemetry } from './telemetry.js';
import { wordCount } from './word-count.js';

/** The benchmarks that need a service, by the variable with its address. */
const ofServices: Readonly<Record<string, (address: string) => Benchmark>> = {
  KSTREAMS_REDIS: redisState,
  KSTREAMS_POSTGRES: postgresState,
  KSTREAMS_BIGTABLE: bigtableState,
  KSTREAMS_KAFKA: kafkaCluster,
};

const services = Object.entries(ofServices).map(([variable, benchmarkOf]) => {
  const address = process.env[variable];
  return { variable, benchmark: address ? benchmarkOf(address) : undefined };
});

/** The variables that are not set, whose benchmarks cannot run. */
export const skipped: readonly string[] = services.flatMap(({ benchmark, variable }) =>
  benchmark === undefined ? [`set ${variable} to the address of its service`] : [],
);

/** Returns every benchmark that can run here, in order. */
export const benchmarks: readonly Benchmark[] = [
  closures,
  ...asyncStages,
  asyncTask,
  calendarDays,
  ...formats,
  jsonLoop,
  wordCount,
  telemetry,
  levelWrites,
  levelReads,
  embeddedLog,
  keysOverHttp,
  ...services.flatMap(({ benchmark }) => benchmark ?? []),
];
