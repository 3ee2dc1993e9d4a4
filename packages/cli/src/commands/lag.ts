import { type Plan, planTopology, type Transport } from '@kstreams/core/graph';
import type { Command } from 'commander';
import { readTopics } from '../application-topics.js';
import { type Connection, connectionOptions, withLog } from '../connection.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { loadTopology } from '../load-topology.js';
import { counted, textTable } from '../text-table.js';
import { partitionsOf } from './topics.js';

/** The lag of a partition: the offsets between the committed one and the end. Without a commit, all that are left. */
interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | undefined;
  readonly end: number;
  readonly lag: number;
}

/** Adds `kstreams lag`. */
export const addLag = (program: Command, { connect, print }: Environment): void => {
  connectionOptions(program.command('lag'))
    .description('print the offsets that an application has committed, and how far it is behind')
    .argument('<file>', "module that exports the application: streams('…')")
    .option('--json', 'print JSON')
    .addHelpText('after', examples('kstreams lag shop.ts --brokers localhost:9092'))
    .action(async (file: string, { json, ...connection }: Connection & { json?: boolean }) => {
      const plan = planTopology(await loadTopology(file));
      const lags = await withLog(await connect(connection), (log) => lagsOf(log, plan));
      if (json) return print(JSON.stringify(lags));
      const rows = lags.map(({ committed, end, lag, partition, topic }) => [topic, partition, committed, end, lag]);
      for (const line of textTable(['topic', 'partition', 'committed', 'end', 'lag'], rows)) print(line);
      print(
        `${counted(
          lags.reduce((sum, { lag }) => sum + lag, 0),
          'record',
        )} behind`,
      );
    });
};

const lagsOf = async (log: Transport, plan: Plan): Promise<readonly PartitionLag[]> => {
  const admin = await log.admin();
  const consumer = await log.consumer({ clientId: 'kstreams-lag', group: plan.name });
  try {
    const topics = await admin.topics();
    const read = readTopics(plan, [...topics.keys()]).flatMap((name) => topics.get(name) ?? []);
    const partitions = read.flatMap(partitionsOf);
    const [committed, starts, ends] = await Promise.all([
      consumer.committed(partitions),
      consumer.offsets(partitions, 'earliest'),
      consumer.offsets(partitions, 'latest'),
    ]);
    return partitions.map((one, at) => {
      const position = committed[at]?.offset;
      const end = ends[at] ?? 0;
      return { ...one, committed: position, end, lag: Math.max(0, end - Math.max(position ?? 0, starts[at] ?? 0)) };
    });
  } finally {
    await consumer.close();
    await admin.close();
  }
};
