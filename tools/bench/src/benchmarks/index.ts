/** All benchmarks, from the innermost loop outwards. */
import type { Benchmark } from '../benchmark.js';
import { asyncStages } from './async-stage.js';
import { asyncTask } from './async-task.js';
import { calendarDays } from './calendar.js';
import { closures } from './closures.js';
import { embeddedLog } from './embedded-log.js';
import { formats } from './formats.js';
import { kafkaCluster } from './kafka-cluster.js';
import { levelReads } from './level-reads.js';
import { levelWrites } from './level-writes.js';
import { telemetry } from './telemetry.js';
import { wordCount } from './word-count.js';

const brokers = process.env.KSTREAMS_KAFKA;

/** A benchmark that cannot run here, with the reason. */
export const skipped: readonly string[] = brokers ? [] : ['kafka-cluster: set KSTREAMS_KAFKA=host:port'];

/** Returns every benchmark that can run here, in order. */
export const benchmarks: readonly Benchmark[] = [
  closures,
  ...asyncStages,
  asyncTask,
  calendarDays,
  ...formats,
  wordCount,
  telemetry,
  levelWrites,
  levelReads,
  embeddedLog,
  ...(brokers ? [kafkaCluster(brokers)] : []),
];
