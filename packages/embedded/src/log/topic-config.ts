import { ConfigError, isName, type NewTopic } from '@kstreams/core/graph';

/** Settings of a topic that the log supports; times in ms, `Infinity` for no limit. */
export interface TopicConfig {
  readonly compacted: boolean;
  /** True when old records are deleted, by age or by size. */
  readonly expires: boolean;
  readonly retention: number;
  readonly retentionBytes: number;
  readonly compactionLag: number;
  readonly tombstoneRetention: number;
  /** True when records age by the largest timestamp in their partition, not by the wall clock. */
  readonly agesByStreamTime: boolean;
  /** Share of new records, 0 to 1, at which a partition is compacted in the background. */
  readonly dirtyRatio: number;
}

/** The setting that keeps `NewTopic.agesBy`. */
export const agesBySetting = 'kstreams.ages.by';

/** Default retention of tombstones, in ms: a day, as in Kafka. */
const tombstoneRetention = 86_400_000;

/**
 * Returns the settings of a topic. Records are kept without limit by default, since data put into an embedded log is
 * often older than Kafka's default of a week.
 */
export const topicConfig = ({ name, config }: Pick<NewTopic, 'name' | 'config'>): TopicConfig => {
  const policies = (config['cleanup.policy'] ?? 'delete').split(',').map((one) => one.trim());
  for (const policy of policies) {
    if (policy !== 'compact' && policy !== 'delete') {
      throw new ConfigError(`topic "${name}": cleanup.policy is compact, delete or both, not "${policy}"`);
    }
  }
  const number = (setting: string, unset: number): number => {
    const text = config[setting];
    if (text === undefined) return unset;
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < -1) {
      throw new ConfigError(`topic "${name}": ${setting} is a whole number, or -1 for no limit, not "${text}"`);
    }
    return value === -1 ? Number.POSITIVE_INFINITY : value;
  };
  const ratio = Number(config['min.cleanable.dirty.ratio'] ?? 0.5);
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new ConfigError(`topic "${name}": min.cleanable.dirty.ratio is from 0 to 1, not "${ratio}"`);
  }
  return {
    compacted: policies.includes('compact'),
    expires: policies.includes('delete'),
    retention: number('retention.ms', Number.POSITIVE_INFINITY),
    retentionBytes: number('retention.bytes', Number.POSITIVE_INFINITY),
    compactionLag: number('min.compaction.lag.ms', 0),
    agesByStreamTime: config[agesBySetting] === 'stream-time',
    tombstoneRetention: number('delete.retention.ms', tombstoneRetention),
    dirtyRatio: ratio,
  };
};

/** Throws when a topic cannot be created. The rules are Kafka's, so that a topology that runs here runs there. */
export const checkTopic = (topic: NewTopic): void => {
  const { name, partitions } = topic;
  if (!isName(name)) {
    throw new ConfigError(`"${name}" cannot be a topic's name: use at most 249 letters, digits, dots, "_" and "-"`);
  }
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new ConfigError(`topic "${name}" needs one partition or more, not ${partitions}`);
  }
  topicConfig(topic);
};
