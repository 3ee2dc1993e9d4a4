import { type Clock, TransportError } from '@kstreams/core/graph';
import { codes, delay, errorOf, fatalErrorOf } from '@kstreams/kafka-common';
import type { AdminClient } from '../admin/admin-client.js';
import type { NativeError } from '../client/addon.js';
import type { ClientProblems } from '../client/client-problems.js';

/** The longest wait for the reason of a fatal error, in ms. */
const reasonTimeout = 500;

/** The consumer whose read failed. */
export interface Reader {
  readonly group: string | undefined;
  /** The topics that it reads. */
  readonly topics: readonly string[];
  readonly problems: ClientProblems;
  readonly clock: Clock;
  readonly lookup: Pick<AdminClient, 'unreadable'>;
}

/** Returns the error of a failed read with its reason: the fatal error of the client, or the rights that are missing. */
export const explainReadError = async (thrown: unknown, reader: Reader): Promise<unknown> => {
  const failure = thrown instanceof TransportError ? (thrown.cause as NativeError | undefined) : undefined;
  if (failure?.code === codes.fatal) {
    // The log line with the reason may arrive after the error.
    if (reader.problems.fatal === undefined) await delay(reader.clock, reasonTimeout);
    return fatalErrorOf('reading failed', failure, reader.problems.fatal ?? failure.message);
  }
  if (failure?.code === codes.groupAuthorization) {
    return errorOf('reading failed', failure, {}, false, `Read on group "${reader.group}"`);
  }
  if (failure?.code !== codes.topicAuthorization) return thrown;
  // The broker that refused the read may refuse the look-up too: the read's own error remains.
  const topics = await reader.lookup.unreadable(reader.topics).catch(() => []);
  if (topics.length === 0) return thrown;
  const right = `Read on topic ${topics.map((one) => `"${one}"`).join(', ')}`;
  return errorOf('reading failed', failure, {}, false, right);
};
