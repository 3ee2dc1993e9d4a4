import {
  checkOptions,
  type Duration,
  fromTypedJson,
  type OptionChecks,
  option,
  type Row,
  toMilliseconds,
  toTypedJson,
} from '@kstreams/core/graph';
import type { WindowKey } from '@kstreams/core/state';
import type { RowChange, ScanOrder, View, ViewedRows } from '@kstreams/runtime';
import { Observable } from 'rxjs';
import type { CountBody, PageBody, RowBody, StaleBody, StaleReads } from '../protocol/bodies.js';
import type { Connection } from './connection.js';
import { LiveRows } from './live-rows.js';
import { QueryError } from './query-error.js';
import { type SubscriptionEvent, subscriptionEvents } from './subscription-events.js';

/** The start of a subscription. */
export interface SubscribeOptions {
  /** The position of the last event that was handled; the whole content is sent first unless set. */
  readonly after?: string;
  /** Ends the subscription when it is aborted. */
  readonly signal?: AbortSignal;
}

/** The freshness of a read. */
export interface GetOptions {
  /** Records that the row must include, such as one that was just written. They are of topics that the store's task reads. */
  readonly atLeast?: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
}

/** Options of a view of an application elsewhere. */
export interface RemoteViewOptions {
  /**
   * The longest time that rows may be behind while their partition moves or is being restored, such as `'30s'`; rows are
   * current unless this or `maxLag` is set. With both, both hold.
   */
  readonly maxStaleness?: Duration;
  /** The most changelog offsets that such rows may be behind. */
  readonly maxLag?: number;
  /** Receives the copies that a response was read from, before its rows are returned. */
  readonly onStale?: (copies: readonly StaleBody[]) => void;
}

/**
 * Reads the rows of a table or store of an application elsewhere: all rows, whichever process holds them. Its methods are those
 * of `View`, except that `get` returns a promise.
 *
 * @example
 * const view = client.view(revenue)
 * console.log(await view.get('ann'))
 * for await (const [customer, { value }] of view.range('a', 'b')) console.log(customer, value)
 */
export interface RemoteView<K, V> extends Pick<View<K, V>, 'load' | 'all' | 'range' | 'prefix' | 'count' | 'changes$'> {
  /** Resolves to the value of a key, or `undefined`; once some records are in the rows if they are given. */
  get(key: K, options?: GetOptions): Promise<V | undefined>;
  /** Returns the windows of one key that start between two instants, both included, in ms since 1970. */
  fetch<I>(this: RemoteView<WindowKey<I>, V>, key: I, from: number, to: number, order?: ScanOrder): ViewedRows<K, V>;
  /** Returns the content of each partition, then its changes, for as long as it is iterated. */
  subscribe(options?: SubscribeOptions): AsyncIterable<SubscriptionEvent<K, V>>;
  /** Returns a copy of the table that follows its changes, until it is closed. */
  live(): LiveRows<K, V>;
}

/** Opens a view of a store by its name. */
export const remoteView = <K, V>(
  connection: Connection,
  store: string,
  options: RemoteViewOptions = {},
): RemoteView<K, V> => {
  checkOptions('view', options, viewChecks);
  const { maxLag, maxStaleness, onStale } = options;
  const bound = {
    ...(maxStaleness !== undefined && { 'max-staleness': `${toMilliseconds(maxStaleness, 'maxStaleness')}ms` }),
    ...(maxLag !== undefined && { 'max-lag': String(maxLag) }),
  };
  const read = async <T extends StaleReads>(
    operation: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<T> => {
    const search = new URLSearchParams({ ...parameters, ...bound });
    try {
      const body = (await connection.json(`${path}/${operation}?${search}`)) as T;
      if (body.stale !== undefined) onStale?.(body.stale);
      return body;
    } catch (thrown) {
      if (thrown instanceof QueryError && thrown.stale !== undefined) onStale?.(thrown.stale);
      throw thrown;
    }
  };
  const path = `/stores/${encodeURIComponent(store)}`;
  const scan = async function* (
    operation: 'rows' | 'windows',
    parameters: Readonly<Record<string, string>>,
    { reverse = false }: ScanOrder,
  ): AsyncGenerator<readonly [key: K, row: Row<V>]> {
    for (let page: string | undefined = ''; page !== undefined; ) {
      const { next, rows }: PageBody = await read<PageBody>(operation, {
        ...parameters,
        ...(reverse && { reverse: 'true' }),
        ...(page !== '' && { page }),
        limit: '1000',
      });
      for (const row of rows) yield [fromTypedJson(row.key) as K, rowOf<V>(row)];
      page = next;
    }
  };
  const get = async (key: K, options: GetOptions = {}): Promise<V | undefined> => {
    checkOptions('get', options, getChecks);
    const records = options.atLeast?.map(({ offset, partition, topic }) => `${topic}:${partition}:${offset}`).join(',');
    try {
      const row = await read<RowBody>('get', { key: jsonOf(key), ...(records && { 'at-least': records }) });
      return rowOf<V>(row).value;
    } catch (thrown) {
      if (thrown instanceof QueryError && thrown.problem === 'no-such-row') return undefined;
      throw thrown;
    }
  };
  const events = (after: string | undefined, signal: AbortSignal): AsyncIterable<SubscriptionEvent<K, V>> =>
    subscriptionEvents(connection, `${path}/changes`, after, signal);
  const live = (): LiveRows<K, V> => new LiveRows((signal) => events(undefined, signal));
  return {
    get,
    load: (key) => get(key),
    all: (order = {}) => {
      checkOptions('all', order, orderChecks);
      return scan('rows', {}, order);
    },
    range: (from, to, order = {}) => {
      checkOptions('range', order, orderChecks);
      return scan('rows', { from: jsonOf(from), to: jsonOf(to) }, order);
    },
    prefix: (prefix, order = {}) => {
      checkOptions('prefix', order, orderChecks);
      return scan('rows', { prefix: jsonOf(prefix) }, order);
    },
    fetch: (key, from, to, order = {}) => {
      checkOptions('fetch', order, orderChecks);
      return scan('windows', { key: jsonOf(key), from: whole(Math.ceil(from)), to: whole(Math.floor(to)) }, order);
    },
    count: async () => (await read<CountBody>('count')).count,
    subscribe: (options = {}) => {
      checkOptions('subscribe', options, subscribeChecks);
      return events(options.after, options.signal ?? new AbortController().signal);
    },
    live,
    changes$: new Observable<RowChange<K, V>>((observer) => {
      const rows = live();
      const subscription = rows.changes$.subscribe(observer);
      return () => {
        subscription.unsubscribe();
        rows.close();
      };
    }),
  };
};

const viewChecks: OptionChecks<RemoteViewOptions> = {
  maxStaleness: option.duration,
  maxLag: option.whole(0),
  onStale: option.fn,
};

const getChecks: OptionChecks<GetOptions> = {
  atLeast: option.listOf(option.having('a record: { topic, partition, offset }')),
};

const orderChecks: OptionChecks<ScanOrder> = { reverse: option.flag };

const subscribeChecks: OptionChecks<SubscribeOptions> = {
  after: option.text,
  signal: option.having('a signal of an AbortController', 'addEventListener'),
};

const jsonOf = (value: unknown): string => JSON.stringify(toTypedJson(value));

const rowOf = <V>({ timestamp, value }: RowBody): Row<V> => ({ value: fromTypedJson(value) as V, timestamp });

/** Returns an instant within what the server takes. */
const whole = (instant: number): string =>
  String(Math.min(Math.max(instant, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER - 1));
