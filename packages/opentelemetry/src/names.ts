/** The names of spans and attributes. Those of messaging follow the semantic conventions of OpenTelemetry, which may change. */
export const attribute = {
  application: 'kstreams.application',
  task: 'kstreams.task',
  node: 'kstreams.node',
  worker: 'kstreams.worker',
  attempt: 'kstreams.call.attempt',
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  topic: 'messaging.destination.name',
  partition: 'messaging.destination.partition.id',
  group: 'messaging.consumer.group.name',
  offset: 'messaging.kafka.offset',
  batchSize: 'messaging.batch.message_count',
} as const;

/** The names of spans. */
export const spanName = {
  record: (topic: string): string => `process ${topic}`,
  call: (node: string): string => `call ${node}`,
  commit: 'commit',
} as const;
