import { rm } from 'node:fs/promises';
import type { Admin, Transport } from '@kstreams/core/graph';
import { clearState } from '@kstreams/runtime';
import type { Application } from '../../load-application.js';
import { counted } from '../../text-table.js';
import type { ResetPlan, StartOffset } from './plan-reset.js';

/** A change of a reset, in words. */
export interface ResetStep {
  readonly lines: readonly string[];
  readonly run: () => Promise<void>;
}

/**
 * Returns the changes of a reset in their order. The offsets are the last: they name the changelogs, so that an application
 * with a store refuses to start before the reset has ended. State is cleared while repartition topics are there, whose
 * partitions it has. Each change may be repeated.
 */
export const resetSteps = (log: Transport, { options, plan }: Application, reset: ResetPlan): readonly ResetStep[] => {
  const { deletes, folders, offsets, stateFolder } = reset;
  const { name } = plan;
  const deletions = deletes.map(({ name: topic, records }) => ({
    topic,
    lines: [`- ${topic}: deleted, ${counted(records, 'record')}`],
    run: () => administer(log, (admin) => admin.delete([topic])),
  }));
  const clearing = async (admin: Admin): Promise<void> => {
    if (options.state !== undefined) await clearState(plan, options.state, stateFolder, await admin.topics());
  };
  const backend = reset.backend === undefined ? [] : [reset.backend];
  return [
    ...deletions.filter(({ topic }) => isChangelog(topic)),
    ...backend.map((one) => ({ lines: [`- state in ${one}: cleared`], run: () => administer(log, clearing) })),
    ...folders.map((folder) => ({
      lines: [`- ${folder}: removed`],
      run: () => rm(folder, { recursive: true, force: true }),
    })),
    ...deletions.filter(({ topic }) => !isChangelog(topic)),
    {
      lines: [`- group ${name}: deleted, with its committed offsets`],
      run: () => administer(log, (admin) => admin.deleteGroup(name)),
    },
    { lines: offsets.map(lineOf), run: () => commit(log, name, offsets) },
  ];
};

const isChangelog = (topic: string): boolean => topic.endsWith('-changelog');

const lineOf = ({ committed, partition, to, topic }: StartOffset): string =>
  `  ${topic} ${partition}: read from offset ${to}${committed === undefined ? '' : `, instead of ${committed}`}`;

const administer = async (log: Transport, change: (admin: Admin) => Promise<void>): Promise<void> => {
  const admin = await log.admin();
  try {
    await change(admin);
  } finally {
    await admin.close();
  }
};

const commit = async (log: Transport, group: string, offsets: readonly StartOffset[]): Promise<void> => {
  if (offsets.length === 0) return;
  const consumer = await log.consumer({ clientId: 'kstreams-reset', group });
  try {
    const positions = offsets.map(({ partition, to, topic }) => ({ topic, partition, offset: to }));
    consumer.assign(positions);
    await consumer.commit(positions);
  } finally {
    await consumer.close();
  }
};
