import { type Admin, TransportError } from '@kstreams/core/graph';
import type { Log } from '../log/log.js';

/** Manages the topics of an embedded log. */
export const embeddedAdmin = (log: Log): Admin => ({
  topics: async (names) =>
    new Map([...log.topics.describe()].filter(([name]) => names === undefined || names.includes(name))),
  identify: async (names) =>
    new Map(
      [...log.topics.describe()].flatMap(([name, { id, partitions }]) =>
        names.includes(name) ? [[name, { name, partitions, ...(id !== undefined && { id }) }]] : [],
      ),
    ),
  grow: async (topic, partitions) => {
    await log.topics.grow(topic, partitions);
    log.rebalance();
  },
  members: async (group) => log.group(group).members,
  deleteGroup: async (group) => {
    if (!log.group(group).empty)
      throw new TransportError(`group "${group}" cannot be deleted: it has members, which have to end first`);
    await log.deleteOffsets(group);
  },
  create: async (topics) => {
    for (const topic of topics) await log.topics.create(topic);
    log.rebalance();
  },
  delete: async (names) => {
    for (const name of names) await log.topics.delete(name);
    log.rebalance();
  },
  purge: async (before) => {
    for (const position of before) await log.cleaner.purge(log.topics.partition(position), position.offset);
  },
  close: async () => {},
});
