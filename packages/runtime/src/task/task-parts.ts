import type { AnyProcess, NodeId, RecordSource, TaskTracing } from '@kstreams/core/graph';
import { AsyncStages } from '../async/async-stages.js';
import { Intake } from '../async/intake.js';
import type { TaskHost } from '../async/task-host.js';
import { compile } from '../compile/compile.js';
import { ErrorPolicy } from './error-policy.js';
import { ParkedRecords } from './parked-records.js';
import { PartitionGroup } from './partition-group.js';
import { Prefetcher } from './prefetcher.js';
import { Punctuator } from './punctuator.js';
import { RecordCollector } from './record-collector.js';
import { CurrentSource, RecordProcessor } from './record-processor.js';
import { addParkedGauge, addQueueGauges } from './task-gauges.js';
import { type TaskOptions, taskId } from './task-options.js';
import { taskScope } from './task-scope.js';
import { isKeyLocal } from './waits-for-values.js';

/** The parts of a task, connected. */
export interface TaskParts {
  /** The clocks of the task, in ms. */
  readonly time: { stream: number; wall: number };
  /** The position of the current record, and the written timestamp of the last one. */
  readonly source: Readonly<CurrentSource>;
  readonly group: PartitionGroup;
  readonly processor: RecordProcessor;
  readonly punctuator: Punctuator;
  readonly intake: Intake;
  /** Undefined when the sub-topology has no async stage and no record is parked. */
  readonly stages: AsyncStages | undefined;
  /** Undefined when the whole task is parked instead of single records. */
  readonly parkedRecords: ParkedRecords | undefined;
  /** Undefined when no step waits for values. */
  readonly prefetcher: Prefetcher | undefined;
  /** Called when the task closes, the last one first. */
  readonly releases: (() => void | Promise<void>)[];
}

/** Creates the parts of a task and opens its nodes. `punctuated` is called before each punctuation. */
export const taskParts = (options: TaskOptions, punctuated: () => void): TaskParts => {
  const { application, clock, failedSends, input, metrics, observer, partition, stores, subtopology, wake } = options;
  const time = { stream: -1, wall: clock.now() };
  const source = new CurrentSource();
  const releases: TaskParts['releases'] = [];
  const parksRecords = options.waitsForValues && isKeyLocal(subtopology);
  const host: TaskHost = {
    clock,
    journal: options.journal,
    retries: metrics.callRetries,
    wake,
    waiting: (at) => processor.waiting(at),
    run: (node, record, work) => processor.run('processing', node, record, work),
    judgeCall: (...failure) => processor.judgeCall(...failure),
    expire: () => !punctuator.expires || punctuator.expire(),
    advanceTime: () => punctuator.advanceTime(),
  };
  const stages = AsyncStages.of(subtopology.nodes, parksRecords, host, options.limits);
  const parkedRecords = parksRecords && stages !== undefined ? new ParkedRecords(stages.inFlight, wake) : undefined;
  const punctuations = metrics.punctuations.of({ 'kstreams.subtopology': subtopology.id });
  const punctuator = new Punctuator({
    time,
    stages,
    run: (node, call) => {
      punctuated();
      punctuations.total++;
      return processor.run('punctuation', node, undefined, call);
    },
  });
  const collector = new RecordCollector({
    ...options,
    task: taskId(subtopology, partition),
    dropped: (node, reason, late) => {
      const { offset, partition, topic } = source;
      if (late !== undefined) metrics.late(node, late);
      metrics.dropped(node, reason, options.emit, offset < 0 ? undefined : { topic, partition, offset });
    },
  });
  const { catchUp, idle, queues } = punctuator;
  const shared = { time, source, collector, punctuations: queues, idle, catchUp, stages, parksRecords, releases };
  const scope = taskScope(options, shared);
  observer?.attach(scope);
  const processor = new RecordProcessor({
    subtopology,
    scope,
    source,
    time,
    collector,
    errors: new ErrorPolicy(options, scope, collector),
    failedSends,
    stages,
    parkedRecords,
    monotonic: () => clock.monotonic(),
    park: (until) =>
      void until.then(() => {
        processor.unpark();
        punctuator.unparked = true;
        wake();
      }),
    advanceTime: () => punctuator.advanceTime(),
  });
  const group = new PartitionGroup({
    application,
    subtopology,
    partition,
    input,
    sources: tracedSources(compile(subtopology.nodes, scope), options.tracing, source),
    now: () => clock.now(),
    stages,
    counters: (topic) => metrics.topic(topic),
    keyBytesDiffer: ({ offset, partition, topic }) => {
      if (metrics.keyBytesDiffer(topic)) options.emit?.({ kind: 'key-bytes-differ', topic, partition, offset });
    },
    opened: (queue) => {
      queue.lineage = options.lineage?.(queue.topic) ?? {};
      releases.push(addQueueGauges(metrics, queue, input));
    },
  });
  if (metrics.telemetry !== undefined && options.waitsForValues) {
    const waiting = (): number => (processor.parked ? 1 : 0) + (parkedRecords?.count ?? 0);
    releases.push(addParkedGauge(metrics.telemetry, options, waiting));
  }
  const prefetcher = options.waitsForValues ? new Prefetcher(subtopology, stores, group.queues) : undefined;
  observer?.opened();
  const intake = new Intake(stages);
  return { time, source, group, processor, punctuator, intake, stages, parkedRecords, prefetcher, releases };
};

/** Returns the processes of the sources, with spans around their records where the task is traced. */
const tracedSources = (
  sources: ReadonlyMap<NodeId, AnyProcess>,
  tracing: TaskTracing | undefined,
  at: RecordSource,
): ReadonlyMap<NodeId, AnyProcess> =>
  tracing === undefined
    ? sources
    : new Map([...sources].map(([node, process]) => [node, tracing.source(node, process, at)]));
