import type { Freshness, RequestMessage } from './messages.js';

/** Returns the parameters of a query from its message: those that are set. */
export const requestParameters = (message: RequestMessage): readonly (readonly [name: string, value: string])[] => {
  const { from, key, limit, pageToken, prefix, reverse, to } = message;
  const given = {
    key,
    from: from === undefined ? undefined : String(from),
    to: to === undefined ? undefined : String(to),
    prefix,
    reverse: reverse === true ? 'true' : undefined,
    limit: limit ? String(limit) : undefined,
    page: pageToken || undefined,
    ...freshnessParameters(message.freshness ?? undefined),
  };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
};

const freshnessParameters = (freshness: Freshness | undefined): Readonly<Record<string, string | undefined>> => {
  if (freshness === undefined) return {};
  const { atLeast, isolation, maxLag, maxStalenessMs } = freshness;
  return {
    isolation: isolation || undefined,
    'at-least': atLeast.map(({ offset, partition, topic }) => `${topic}:${partition}:${offset}`).join(',') || undefined,
    'max-staleness': maxStalenessMs === undefined ? undefined : `${maxStalenessMs}ms`,
    'max-lag': maxLag === undefined ? undefined : String(maxLag),
  };
};
