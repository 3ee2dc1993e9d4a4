import type { OffsetQuery } from '@kstreams/core/graph';
import { InvalidArgumentError } from 'commander';

/** Returns the offset that a text names: `earliest`, `latest`, or a time in ISO 8601. */
export const offsetQueryOf = (text: string): OffsetQuery =>
  text === 'earliest' || text === 'latest' ? text : { timestamp: timeOf(text, 'earliest, latest, or a time') };

/** Returns the time in ms of a text in ISO 8601. */
export const timeOf = (text: string, takes = 'a time'): number => {
  const timestamp = Date.parse(text);
  if (Number.isNaN(timestamp)) throw new InvalidArgumentError(`It takes ${takes} in ISO 8601.`);
  return timestamp;
};
