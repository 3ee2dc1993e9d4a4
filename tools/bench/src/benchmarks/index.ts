/** All benchmarks, from the innermost loop outwards. */
import type { Benchmark } from '../benchmark.js';
import { asyncStages } from './async-stage.js';
import { asyncTask } from './async-task.js';
import { calendarDays } from './calendar.js';
import { closures } from './closures.js';
import { embeddedLog } from './embedded-log.js';
import { kafkaCluster } from './kafka-cluster.js';
import { levelReads } from './level-reads.js';
import { levelWrites } from './level-writes.js';
import { wordCount } from './word-count.js';

const brokers = process.env.KSTREAMS_KAFKA;

/** What cannot be measured here, and why. */
export const skipped: readonly string[] = brokers ? [] : ['kafka-cluster: set KSTREAMS_KAFKA=host:port'];

/** Every benchmark that can be measured, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  closures,
  ...asyncStages,
  asyncTask,
  calendarDays,
  wordCount,
  levelWrites,
  levelReads,
  embeddedLog,
  ...(brokers ? [kafkaCluster(brokers)] : []),
];
