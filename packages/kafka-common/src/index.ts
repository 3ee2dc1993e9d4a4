/** Common parts of the Kafka transports. */
export { brokersOf } from './brokers.js';
export { labelledClientId, labelOf } from './client-ids.js';
export { commitOffsets, type OffsetCommit } from './commit-offsets.js';
export { type ClientError, codes, errorOf, fatalErrorOf, isRetriable, isUnreachable, refusalOf } from './errors.js';
export { groupDeletionError } from './group-deletion.js';
export { instruments, producerInstruments } from './instruments.js';
export { type Assignment, type RebalanceKind, RebalanceQueue } from './rebalance-queue.js';
export { recordOverhead } from './record-overhead.js';
export { type Refetching, skipRemoved } from './removed-records.js';
export { delay, request, requestEach, requestTimeout } from './requests.js';
export { withoutTimestampLimits } from './timestamp-limits.js';
export { topicIdText } from './topic-ids.js';
