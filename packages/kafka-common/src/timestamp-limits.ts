import type { NewTopic } from '@kstreams/core/graph';

/** Returns settings without the limits of timestamps; `undefined` when they have none. */
export const withoutTimestampLimits = (config: NewTopic['config']): NewTopic['config'] | undefined => {
  const others = Object.entries(config).filter(([name]) => !/^message\.timestamp\.(before|after)\./.test(name));
  return others.length === Object.keys(config).length ? undefined : Object.fromEntries(others);
};
