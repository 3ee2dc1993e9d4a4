import { fromTypedJson } from '@kstreams/core/graph';
import type { RowChange } from '@kstreams/runtime';
import type { RowBody } from '../protocol/bodies.js';
import { EventParser, type ServerEvent } from '../protocol/event-parser.js';
import { piecesOf } from '../protocol/pieces-of.js';
import { type Connection, pauseBefore } from './connection.js';
import { isRetriable, QueryError } from './query-error.js';

/**
 * An event of a subscription. Of each partition: `reset`, the `rows` of a snapshot, `complete`, then `changes` per commit. Rows
 * since the last `reset` are the content at `position` after each event that has one.
 */
export type SubscriptionEvent<K, V> =
  | { readonly kind: 'begin' /** The number of partitions. */; readonly partitions: number }
  | { readonly kind: 'reset' | 'unavailable'; readonly partition: number }
  | { readonly kind: 'rows'; readonly partition: number; readonly changes: readonly RowChange<K, V>[] }
  | { readonly kind: 'complete'; readonly partition: number; readonly position: string }
  | {
      readonly kind: 'changes';
      readonly partition: number;
      readonly position: string;
      readonly changes: readonly RowChange<K, V>[];
    };

/** The longest silence of a server, in ms: it sends a sign of life every 15 s. */
const longestSilence = 45_000;

/**
 * Returns the events of a subscription, after the position of an earlier event or from the start. A lost connection continues
 * at its last position, at the next process.
 *
 * @throws QueryError when the server refuses the subscription.
 */
export async function* subscriptionEvents<K, V>(
  connection: Connection,
  path: string,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionEvent<K, V>> {
  let position = after;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      for await (const event of eventsOf(connection, path, position, signal)) {
        if (event.id !== '') position = event.id;
        attempt = 0;
        const decoded = decodeEvent<K, V>(event);
        if (decoded !== undefined) yield decoded;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof QueryError && !isRetriable(thrown)) throw thrown;
    }
    if (!signal.aborted) await connection.wait(pauseBefore(attempt));
  }
}

/** Returns the events of one connection. */
async function* eventsOf(
  connection: Connection,
  path: string,
  position: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const abort = new AbortController();
  const end = (): void => abort.abort();
  signal.addEventListener('abort', end, { once: true });
  let cancel = connection.clock.after(longestSilence, end);
  try {
    const last: Readonly<Record<string, string>> = position === undefined ? {} : { 'last-event-id': position };
    const { body } = await connection.open(path, abort.signal, last);
    const parser = new EventParser();
    for await (const piece of piecesOf(body, abort.signal)) {
      cancel();
      cancel = connection.clock.after(longestSilence, end);
      yield* parser.add(piece);
    }
  } finally {
    cancel();
    signal.removeEventListener('abort', end);
    end();
  }
}

const decodeEvent = <K, V>({ data, id, type }: ServerEvent): SubscriptionEvent<K, V> | undefined => {
  const { partition, partitions, rows } = JSON.parse(data) as {
    readonly partition: number;
    readonly partitions: number;
    readonly rows: readonly (RowBody & { readonly deleted?: true })[];
  };
  const changes = (): readonly RowChange<K, V>[] =>
    rows.map(({ deleted, key, timestamp, value }) => ({
      key: fromTypedJson(key) as K,
      row: deleted === true ? undefined : { value: fromTypedJson(value) as V, timestamp },
    }));
  switch (type) {
    case 'begin':
      return { kind: type, partitions };
    case 'reset':
    case 'unavailable':
      return { kind: type, partition };
    case 'rows':
      return { kind: type, partition, changes: changes() };
    case 'complete':
      return { kind: type, partition, position: id };
    case 'changes':
      return { kind: type, partition, position: id, changes: changes() };
    default:
      return undefined;
  }
};
