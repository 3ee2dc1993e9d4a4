import {
  ConfigError,
  type Consumer,
  type OffsetQuery,
  type Received,
  type TopicPartition,
  type Transport,
} from '@kstreams/core/graph';
import { partitionsOf } from './commands/topics.js';

/** Maximum number of records of one poll. */
const pollLength = 500;
/** The longest wait of a poll, in ms. */
const longestPoll = 1_000;

/** The part of a topic to read. */
export interface ReadOptions {
  readonly from: OffsetQuery;
  /** True to go on behind the current end, until the signal aborts. */
  readonly follow: boolean;
}

/**
 * Reads the records of a topic.
 *
 * @throws ConfigError for a topic that does not exist.
 */
export async function* readRecords(
  log: Transport,
  topic: string,
  { follow, from }: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<Received> {
  const partitions = await existing(log, topic);
  const consumer: Consumer = await log.consumer({ clientId: 'kstreams-read' });
  const wake = (): void => consumer.wake();
  signal.addEventListener('abort', wake);
  try {
    const starts = await consumer.offsets(partitions, from);
    const ends = await consumer.offsets(partitions, 'latest');
    consumer.assign(partitions.map((one, at) => ({ ...one, offset: starts[at] ?? 0 })));
    const left = (): boolean => partitions.some((one, at) => (consumer.position(one) ?? 0) < (ends[at] ?? 0));
    while (!signal.aborted && (follow || left())) {
      for (const record of await consumer.poll(pollLength, longestPoll)) {
        if (follow || record.offset < (ends[record.partition] ?? 0)) yield record;
      }
    }
  } finally {
    signal.removeEventListener('abort', wake);
    await consumer.close();
  }
}

const existing = async (log: Transport, topic: string): Promise<readonly TopicPartition[]> => {
  const admin = await log.admin();
  const found = (await admin.topics([topic])).get(topic);
  await admin.close();
  if (found === undefined) throw new ConfigError(`${log.name} has no topic "${topic}": kstreams topics lists them`);
  return partitionsOf(found);
};
