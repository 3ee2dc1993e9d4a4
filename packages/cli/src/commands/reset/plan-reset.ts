import { join } from 'node:path';
import {
  type Consumer,
  isInternalTopic,
  type OffsetQuery,
  type Plan,
  type TopicDescription,
  type TopicPartition,
  type Transport,
} from '@kstreams/core/graph';
import { stateSlots } from '@kstreams/level';
import { createdTopics, readTopics, usedTopics } from '../../application-topics.js';
import type { Application } from '../../load-application.js';
import { partitionsOf, recordsOf } from '../topics.js';

/** A topic with the number of offsets in use. */
export interface CountedTopic {
  readonly name: string;
  readonly records: number;
}

/** A partition of a source and the offset that it is read from. */
export interface StartOffset extends TopicPartition {
  /** Absent where nothing is committed. */
  readonly committed?: number;
  readonly to: number;
}

/** The changes of a reset. */
export interface ResetPlan {
  readonly application: string;
  readonly log: string;
  /** Internal topics to delete. */
  readonly deletes: readonly CountedTopic[];
  /** Folders of local state to remove. */
  readonly folders: readonly string[];
  /** The state folder of the application. */
  readonly stateFolder: string;
  /** The backend to clear. */
  readonly backend?: string;
  readonly offsets: readonly StartOffset[];
  /** Internal topics that begin with the name, are used by no step, and stay. */
  readonly unused: readonly CountedTopic[];
  /** The reason why nothing may be changed. */
  readonly problem?: string;
}

/** Settings of a reset. */
export interface ResetSettings {
  /** The offset to read sources from. */
  readonly to: OffsetQuery;
  /** The folder of the application; that of its options, or `.kstreams/<application>`, unless set. */
  readonly folder: string | undefined;
  /** True to delete internal topics that no step uses, too. */
  readonly unused: boolean;
}

/** Backends without rows that outlive the process, or with rows in the folder only. */
const withoutRemote: ReadonlySet<string> = new Set(['memory', 'level']);

/** Returns the state folder of an application. */
export const stateFolderOf = ({ options, plan }: Application, folder: string | undefined): string =>
  join(folder ?? options.folder ?? join('.kstreams', plan.name), 'state');

/** Resolves to the changes of a reset; changes nothing. */
export const planReset = async (
  log: Transport,
  application: Application,
  { folder, to, unused }: ResetSettings,
): Promise<ResetPlan> => {
  const { options, plan } = application;
  const admin = await log.admin();
  const consumer = await log.consumer({ clientId: 'kstreams-reset', group: plan.name });
  try {
    const existing = await admin.topics();
    const created = createdTopics(plan).flatMap((name) => existing.get(name) ?? []);
    const orphans = orphansOf(plan, existing);
    const deleted = unused ? [...created, ...orphans] : created;
    const stateFolder = stateFolderOf(application, folder);
    const slots = await stateSlots(stateFolder, { verify: false });
    const open = slots.find((slot) => slot.open);
    const members = (await admin.members(plan.name)).map(({ name }) => name);
    const problem = problemOf(plan.name, members, open?.folder);
    return {
      application: plan.name,
      log: log.name,
      deletes: await countRecords(consumer, deleted),
      stateFolder,
      folders: slots.map((slot) => slot.folder),
      ...(options.state !== undefined && !withoutRemote.has(options.state.name) && { backend: options.state.name }),
      offsets: await offsetsOf(plan, consumer, existing, to),
      unused: unused ? [] : await countRecords(consumer, orphans),
      ...(problem !== undefined && { problem }),
    };
  } finally {
    await consumer.close();
    await admin.close();
  }
};

const orphansOf = (plan: Plan, existing: ReadonlyMap<string, TopicDescription>): readonly TopicDescription[] => {
  const used = usedTopics(plan);
  return [...existing.values()].filter(({ name }) => isInternalTopic(plan.name, name) && !used.has(name));
};

const countRecords = async (
  consumer: Consumer,
  topics: readonly TopicDescription[],
): Promise<readonly CountedTopic[]> => {
  const counts = await recordsOf(consumer, topics);
  return topics.map(({ name }, at) => ({ name, records: counts[at] ?? 0 }));
};

const offsetsOf = async (
  plan: Plan,
  consumer: Consumer,
  existing: ReadonlyMap<string, TopicDescription>,
  to: OffsetQuery,
): Promise<readonly StartOffset[]> => {
  const created = new Set(createdTopics(plan));
  const sources = readTopics(plan, [...existing.keys()]).filter((name) => !created.has(name));
  const partitions = sources.flatMap((name) => existing.get(name) ?? []).flatMap(partitionsOf);
  const committed = await consumer.committed(partitions);
  const starts = await consumer.offsets(partitions, to);
  return partitions.map((one, at) => {
    const offset = committed[at]?.offset;
    return { ...one, ...(offset !== undefined && { committed: offset }), to: starts[at] ?? 0 };
  });
};

const problemOf = (name: string, members: readonly string[], open: string | undefined): string | undefined => {
  if (members.length > 0)
    return `${name} is run by ${members.join(', ')}: stop its processes first; killed ones leave after the session timeout`;
  return open === undefined ? undefined : `the state in ${open} is open: stop the process that has it`;
};
