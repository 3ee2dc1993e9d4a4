import { isInternalTopic, type TopicPartition, type Transport } from '@kstreams/core/graph';
import type { Command } from 'commander';
import { type Connection, connectionOptions, withLog } from '../connection.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { textTable } from '../text-table.js';

/** Adds `kstreams topics`. */
export const addTopics = (program: Command, { connect, print }: Environment): void => {
  connectionOptions(program.command('topics'))
    .description('list the topics of a log, with their partitions and offsets in use')
    .option('--application <name>', 'only topics that the application creates for itself')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'kstreams topics --log .kstreams/shop/log',
        'kstreams topics --brokers localhost:9092 --application shop',
      ),
    )
    .action(async ({ application, json, ...connection }: Connection & { application?: string; json?: boolean }) => {
      const topics = await withLog(await connect(connection), (log) => describe(log, application));
      if (json) return print(JSON.stringify(topics));
      const rows = topics.map(({ cleanup, name, partitions, records }) => [name, partitions, records, cleanup]);
      for (const line of textTable(['topic', 'partitions', 'records', 'cleanup'], rows)) print(line);
    });
};

const describe = async (log: Transport, application: string | undefined) => {
  const admin = await log.admin();
  const consumer = await log.consumer({ clientId: 'kstreams-topics' });
  try {
    const names = [...(await admin.topics()).keys()].filter(
      (name) => application === undefined || isInternalTopic(application, name),
    );
    const topics = names.length === 0 ? [] : [...(await admin.topics(names.sort())).values()];
    const records = await recordsOf(consumer, topics);
    return topics.map(({ cleanup, name, partitions }, at) => ({
      name,
      partitions,
      records: records[at] ?? 0,
      cleanup,
    }));
  } finally {
    await consumer.close();
    await admin.close();
  }
};

type Offsets = Pick<Awaited<ReturnType<Transport['consumer']>>, 'offsets'>;

/** Returns the partitions of a topic. */
export const partitionsOf = ({ name, partitions }: { name: string; partitions: number }): readonly TopicPartition[] =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));

/** Returns the number of offsets between the beginning and the end of each topic: its records, unless it is compacted. */
export const recordsOf = async (
  consumer: Offsets,
  topics: readonly { readonly name: string; readonly partitions: number }[],
): Promise<readonly number[]> => {
  const partitions = topics.flatMap(partitionsOf);
  const starts = await consumer.offsets(partitions, 'earliest');
  const ends = await consumer.offsets(partitions, 'latest');
  const counts = new Map<string, number>();
  partitions.forEach(({ topic }, at) => {
    counts.set(topic, (counts.get(topic) ?? 0) + (ends[at] ?? 0) - (starts[at] ?? 0));
  });
  return topics.map(({ name }) => counts.get(name) ?? 0);
};
