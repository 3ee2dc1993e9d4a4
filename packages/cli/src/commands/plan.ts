import {
  type Admin,
  changelogTopic,
  isInternalTopic,
  messageOf,
  type NewTopic,
  type Plan,
  planTopology,
  type TopicDescription,
  TopologyError,
  type Transport,
} from '@kstreams/core/graph';
import { prepareTopics } from '@kstreams/runtime';
import type { Command } from 'commander';
import { usedTopics } from '../application-topics.js';
import { type Connection, connectionOptions, withLog } from '../connection.js';
import type { Ended } from '../ended.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { loadTopology } from '../load-topology.js';
import { counted } from '../text-table.js';
import { recordsOf } from './topics.js';

/** The changes that a start of an application makes on a log, and what it finds there. */
export interface StartPlan {
  readonly application: string;
  readonly log: string;
  /** The members of its group now. */
  readonly members: readonly string[];
  readonly creates: readonly { readonly name: string; readonly partitions: number }[];
  readonly grows: readonly { readonly name: string; readonly partitions: number }[];
  /** Internal topics that begin with its name and that it does not use. */
  readonly unused: readonly { readonly name: string; readonly partitions: number; readonly records: number }[];
  /** A store whose changelog is created while one of as many partitions is unused: it may have been renamed. */
  readonly renamed?: { readonly from: string; readonly to: string; readonly records: number };
  /** Changelogs that a process without local state reads at its start. */
  readonly restores: readonly { readonly name: string; readonly store: string; readonly records: number }[];
  /** The error with which the start fails. */
  readonly problem?: string;
}

/** Adds `kstreams plan`. */
export const addPlan = (program: Command, { connect, print }: Environment, ended: Ended): void => {
  connectionOptions(program.command('plan'))
    .description('print the changes that a start of an application would make on a log, without making them')
    .argument('<file>', "module that exports the application: streams('…')")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nEnds with code 1 when the application could not start.')
    .addHelpText('after', examples('kstreams plan shop.ts --brokers localhost:9092'))
    .action(async (file: string, { json, ...connection }: Connection & { json?: boolean }) => {
      const plan = planTopology(await loadTopology(file));
      const start = await withLog(await connect(connection), (log) => planStart(log, plan));
      if (json) print(JSON.stringify(start));
      else for (const line of textOf(start)) print(line);
      if (start.problem !== undefined) ended(exitCodes.failure);
    });
};

/** Resolves to the changes that a start would make; makes none of them. */
export const planStart = async (log: Transport, plan: Plan): Promise<StartPlan> => {
  const admin = await log.admin();
  const consumer = await log.consumer({ clientId: 'kstreams-plan' });
  try {
    const existing = await admin.topics();
    const dryRun = new DryRun(admin);
    const problem = await prepareTopics(plan, log, dryRun).then(
      () => undefined,
      (thrown: unknown) => {
        if (!(thrown instanceof TopologyError)) throw thrown;
        return messageOf(thrown);
      },
    );
    const used = usedTopics(plan);
    const unused = [...existing.values()].filter(({ name }) => isInternalTopic(plan.name, name) && !used.has(name));
    const changelogs = plan.subtopologies
      .flatMap(({ stores }) => stores)
      .flatMap((spec) => {
        const topic = existing.get(changelogTopic(plan.name, spec));
        return topic === undefined ? [] : [{ store: spec.name, topic }];
      });
    const counts = await recordsOf(consumer, [...unused, ...changelogs.map(({ topic }) => topic)]);
    const orphans = unused.map(({ name, partitions }, at) => ({ name, partitions, records: counts[at] ?? 0 }));
    const renamed = renamedStore(dryRun.created, orphans);
    return {
      application: plan.name,
      log: log.name,
      members: (await admin.members(plan.name)).map(({ name }) => name),
      creates: dryRun.created.map(({ name, partitions }) => ({ name, partitions })),
      grows: dryRun.grown,
      unused: orphans,
      ...(renamed !== undefined && { renamed }),
      restores: changelogs.map(({ store, topic }, at) => ({
        name: topic.name,
        store,
        records: counts[unused.length + at] ?? 0,
      })),
      ...(problem !== undefined && { problem }),
    };
  } finally {
    await consumer.close();
    await admin.close();
  }
};

/** Returns the changelog that is created, and the unused one that it may replace, where there is one of each. */
const renamedStore = (created: readonly NewTopic[], unused: StartPlan['unused']): StartPlan['renamed'] => {
  const isChangelog = ({ name }: { readonly name: string }): boolean => name.endsWith('-changelog');
  const [to, ...otherCreated] = created.filter(isChangelog);
  const [from, ...otherUnused] = unused.filter(isChangelog);
  if (to === undefined || from === undefined || otherCreated.length + otherUnused.length > 0) return undefined;
  return to.partitions === from.partitions ? { from: from.name, to: to.name, records: from.records } : undefined;
};

/** An admin client that notes changes instead of making them. It describes topics as if they were made. */
class DryRun implements Admin {
  readonly created: NewTopic[] = [];
  readonly grown: { readonly name: string; readonly partitions: number }[] = [];
  readonly #admin: Admin;

  constructor(admin: Admin) {
    this.#admin = admin;
  }

  async topics(names?: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const topics = new Map(await this.#admin.topics(names));
    for (const { config, name, partitions } of this.created) {
      const wanted = names === undefined || names.includes(name);
      if (wanted) topics.set(name, { name, partitions, cleanup: config['cleanup.policy'] ?? 'delete' });
    }
    for (const { name, partitions } of this.grown) {
      const topic = topics.get(name);
      if (topic !== undefined) topics.set(name, { ...topic, partitions });
    }
    return topics;
  }

  async create(topics: readonly NewTopic[]): Promise<void> {
    this.created.push(...topics);
  }

  async grow(name: string, partitions: number): Promise<void> {
    this.grown.push({ name, partitions });
  }

  identify(names: readonly string[]) {
    return this.#admin.identify(names);
  }

  members(group: string) {
    return this.#admin.members(group);
  }

  async delete(): Promise<void> {}

  async deleteGroup(): Promise<void> {}

  async purge(): Promise<void> {}

  async close(): Promise<void> {}
}

const textOf = (start: StartPlan): readonly string[] => {
  const { application, creates, grows, log, members, problem, renamed, restores, unused } = start;
  const lines = [`${application} on ${log}, run by ${members.length === 0 ? 'no process' : members.join(', ')}`];
  for (const { name, partitions } of creates) lines.push(`+ ${name}: created with ${counted(partitions, 'partition')}`);
  for (const { name, partitions } of grows) lines.push(`+ ${name}: grows to ${counted(partitions, 'partition')}`);
  for (const { name, records, store } of restores) {
    lines.push(`  ${name}: ${counted(records, 'record')} to restore "${store}" without local state`);
  }
  for (const { name, records } of unused) {
    lines.push(`- ${name}: ${counted(records, 'record')}, used by no step; it may belong to a longer application name`);
  }
  if (renamed !== undefined) {
    const { from, records, to } = renamed;
    lines.push(`  a store may have been renamed: ${counted(records, 'record')} of ${from} would not be in ${to}`);
  }
  if (creates.length + grows.length === 0 && problem === undefined) lines.push('  all topics exist');
  if (problem !== undefined) lines.push(`! ${problem}`);
  return lines;
};
