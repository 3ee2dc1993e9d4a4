import type { Instrument } from '@kstreams/core/graph';

const system = 'messaging.system';
const operation = 'messaging.operation.name';
const topic = 'messaging.destination.name';
const partition = 'messaging.destination.partition.id';
const node = 'kstreams.node';
const store = 'kstreams.store';
const worker = 'kstreams.worker';

/**
 * The instruments of the runtime. Each has the attribute `kstreams.application` besides those that it declares. Counters
 * have no partition among their attributes, so their series stay when tasks move.
 */
export const instruments = {
  // Records

  consumedMessages: {
    kind: 'counter',
    name: 'messaging.client.consumed.messages',
    unit: '{message}',
    description: 'Records polled from source and repartition topics.',
    attributes: [system, operation, topic],
  },

  sentMessages: {
    kind: 'counter',
    name: 'messaging.client.sent.messages',
    unit: '{message}',
    description: 'Records passed to the producer, those of changelogs and of transactions that were aborted included.',
    attributes: [system, operation, topic],
  },

  recordsProcessed: {
    kind: 'counter',
    name: 'kstreams.records.processed',
    unit: '{record}',
    description: 'Records processed, dropped ones included.',
    attributes: [topic],
  },

  recordsDropped: {
    kind: 'counter',
    name: 'kstreams.records.dropped',
    unit: '{record}',
    description: 'Records dropped by a node, by reason.',
    attributes: [node, 'kstreams.drop.reason'],
  },

  recordsRemoved: {
    kind: 'counter',
    name: 'kstreams.records.removed',
    unit: '{record}',
    description: 'Offsets whose records the log deleted before they were read.',
    attributes: [topic],
  },

  differingKeys: {
    kind: 'counter',
    name: 'kstreams.records.differing_keys',
    unit: '{record}',
    description:
      'Records that are processed, with a key in other bytes than its serde writes. Sampled until one is found.',
    attributes: [topic],
  },

  deadLetters: {
    kind: 'counter',
    name: 'kstreams.records.dead_lettered',
    unit: '{record}',
    description: 'Failed records sent to a dead-letter topic.',
    attributes: [topic],
  },

  recordsBuffered: {
    kind: 'gauge',
    name: 'kstreams.records.buffered',
    unit: '{record}',
    description: 'Polled records that wait to be processed.',
    attributes: [topic, partition],
  },

  recordsParked: {
    kind: 'gauge',
    name: 'kstreams.records.parked',
    unit: '{record}',
    description: 'Records that wait for values that are not loaded, such as state rows or schemas.',
    attributes: ['kstreams.subtopology', partition],
  },

  lag: {
    kind: 'gauge',
    name: 'kstreams.lag',
    unit: '{record}',
    description: 'Offsets between the next record to process and the readable end, as of the last fetch.',
    attributes: [topic, partition],
  },

  topicLag: {
    kind: 'gauge',
    name: 'kstreams.topic.lag',
    unit: '{record}',
    description: 'Sum of the lags of the partitions of a topic that this process reads.',
    attributes: [topic],
  },

  bufferedSize: {
    kind: 'gauge',
    name: 'kstreams.records.buffered.size',
    unit: 'By',
    description: 'Approximate size of the keys and values of polled records that wait to be processed.',
    attributes: [topic],
  },

  lateness: {
    kind: 'histogram',
    name: 'kstreams.record.lateness',
    unit: 's',
    description: 'Time by which a dropped late record is behind the stream time of the node that drops it.',
    attributes: [node],
    limits: [1, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 604_800],
  },

  processDuration: {
    kind: 'histogram',
    name: 'messaging.process.duration',
    unit: 's',
    description: 'Time to process a record, without async calls. Sampled: one record per poll.',
    attributes: [system, operation, 'kstreams.subtopology'],
  },

  recordLatency: {
    kind: 'histogram',
    name: 'kstreams.record.latency',
    unit: 's',
    description: 'Time from the timestamp of a record until it was processed. Sampled: one record per poll.',
    attributes: ['kstreams.subtopology'],
  },

  // Failures

  errors: {
    kind: 'counter',
    name: 'kstreams.errors',
    unit: '{error}',
    description: 'Failures judged by the error policy, by decision. Without a policy every failure is `fail`.',
    attributes: [node, 'kstreams.error.kind', 'kstreams.error.decision'],
  },

  restarts: {
    kind: 'counter',
    name: 'kstreams.worker.restarts',
    unit: '{restart}',
    description: 'Restarts of workers after failures and changes of topics.',
    attributes: [worker, 'kstreams.restart.kind'],
  },

  // Async calls

  callsInFlight: {
    kind: 'gauge',
    name: 'kstreams.calls.in_flight',
    unit: '{call}',
    description: 'Calls of an async step that have begun and not ended.',
    attributes: [node],
  },

  callRetries: {
    kind: 'counter',
    name: 'kstreams.calls.retried',
    unit: '{record}',
    description: 'Records with a failed call that is made again.',
    attributes: [node],
  },

  // Workers

  workerTime: {
    kind: 'counter',
    name: 'kstreams.worker.time',
    unit: 's',
    description:
      'Time of a worker per activity: `poll` waits included, `process`, `punctuate`, `commit`, `yield`, `other`.',
    attributes: [worker, 'kstreams.activity'],
  },

  eventLoopDelay: {
    kind: 'histogram',
    name: 'kstreams.event_loop.delay',
    unit: 's',
    description:
      'Time that the event loop takes for other work of the process when a worker yields to it, once per turn.',
    attributes: [worker],
  },

  punctuations: {
    kind: 'counter',
    name: 'kstreams.punctuations',
    unit: '{punctuation}',
    description: 'Punctuations that ran: schedules, timers, closes of windows by the wall clock.',
    attributes: ['kstreams.subtopology'],
  },

  pollDuration: {
    kind: 'histogram',
    name: 'kstreams.poll.duration',
    unit: 's',
    description: 'Time of a poll, its wait for records and rebalances included.',
    attributes: [worker],
  },

  commitDuration: {
    kind: 'histogram',
    name: 'kstreams.commit.duration',
    unit: 's',
    description: 'Time of a commit with work to commit, a failed one included.',
    attributes: [worker],
  },

  commits: {
    kind: 'counter',
    name: 'kstreams.commits',
    unit: '{commit}',
    description: 'Commits that succeeded and had work to commit.',
    attributes: [worker],
  },

  transactions: {
    kind: 'counter',
    name: 'kstreams.transactions',
    unit: '{transaction}',
    description: 'Transactions that ended, by outcome: `committed` or `aborted`.',
    attributes: [worker, 'kstreams.transaction.outcome'],
  },

  backlog: {
    kind: 'gauge',
    name: 'kstreams.producer.backlog',
    unit: '{record}',
    description: 'Records sent and not acknowledged.',
    attributes: [worker],
  },

  rebalances: {
    kind: 'counter',
    name: 'kstreams.rebalances',
    unit: '{rebalance}',
    description: 'Changes of the partitions of a worker: `assigned`, `revoked` or `lost`.',
    attributes: [worker, 'kstreams.rebalance.kind'],
  },

  tasks: {
    kind: 'gauge',
    name: 'kstreams.tasks',
    unit: '{task}',
    description: 'Tasks of this process: `running`, or `opening` while their stores are restored.',
    attributes: ['kstreams.task.state'],
  },

  // Stores

  storeReads: {
    kind: 'counter',
    name: 'kstreams.store.reads',
    unit: '{read}',
    description: 'Rows read from the state backend, because they were not among the live rows of the store.',
    attributes: [store],
  },

  restoredRecords: {
    kind: 'counter',
    name: 'kstreams.restore.records',
    unit: '{record}',
    description: 'Records read to restore a store.',
    attributes: [store],
  },

  restoreRemaining: {
    kind: 'gauge',
    name: 'kstreams.restore.remaining',
    unit: '{record}',
    description: 'Offsets that a restore has still to read. Present while the store is restored.',
    attributes: [store, partition],
  },
} as const satisfies Record<string, Instrument>;
