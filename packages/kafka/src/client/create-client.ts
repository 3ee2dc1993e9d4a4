import { ConfigError, nearest } from '@kstreams/core/graph';
import { settingNames } from './setting-names.js';

/**
 * Creates a native client.
 *
 * @throws ConfigError for a setting that the client does not have, with the nearest name, or a value that it refuses.
 */
export const createClient = <C>(create: () => C): C => {
  try {
    return create();
  } catch (thrown) {
    throw new ConfigError(`Kafka's client refuses a setting: ${remedy((thrown as Error).message)}`, thrown);
  }
};

const remedy = (refusal: string): string => {
  const unknown = /^No such configuration property: "(.*)"$/.exec(refusal)?.[1];
  if (unknown === undefined) return refusal;
  const meant = nearest(unknown, settingNames);
  return `it has no "${unknown}"${meant === undefined ? ': see CONFIGURATION.md of librdkafka' : `: did you mean "${meant}"?`}`;
};
