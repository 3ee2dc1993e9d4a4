import {
  type Clock,
  ConfigError,
  checkOptions,
  type Duration,
  type OptionChecks,
  option,
  StateError,
  type StoreReader,
  systemClock,
  type TableHandle,
  toMilliseconds,
} from '@kstreams/core/graph';
import type { StoreBody, StoresBody } from '../protocol/bodies.js';
import { Connection } from './connection.js';
import { type RemoteView, type RemoteViewOptions, remoteView } from './remote-view.js';

/** Options of {@link queryClient}. */
export interface QueryClientOptions {
  /** The bearer token; none unless set. */
  readonly token?: string;
  /** More headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The time for which a query is sent again while no process can respond to it; `'30s'` unless set. */
  readonly timeout?: Duration;
  /** The function that sends requests; the global `fetch` unless set. */
  readonly fetch?: typeof fetch;
  /** The system clock unless set. */
  readonly clock?: Clock;
}

/** Queries the tables and stores of an application. */
export interface QueryClient {
  /** Returns a view of a table of the topology, or of a store by its spec. */
  view<K, V>(
    of: TableHandle<K, V> | { readonly name: string; readonly reader: StoreReader<K, V> },
    options?: RemoteViewOptions,
  ): RemoteView<K, V>;
  /** Returns a view of a store by its name. Its types are not checked at run time. */
  view<K = unknown, V = unknown>(store: string, options?: RemoteViewOptions): RemoteView<K, V>;
  /** Resolves to the stores that can be read. */
  stores(): Promise<readonly StoreBody[]>;
}

const clientChecks: OptionChecks<QueryClientOptions> = {
  token: option.text,
  headers: option.having('an object of headers'),
  timeout: option.duration,
  fetch: option.fn,
  clock: option.clock,
};

/**
 * Creates a client of an application's queries, typed by its topology. It takes the addresses of one or several processes,
 * each with the path of the handler: any of them serves all rows, and the next one is tried when one does not respond.
 *
 * @throws ConfigError for an address that is no URL.
 *
 * @example
 * const client = queryClient('http://localhost:7070', { token: 'a-token-of-some-length' })
 * const total = await client.view(revenue).get('ann')
 */
export const queryClient = (urls: string | readonly string[], options: QueryClientOptions = {}): QueryClient => {
  checkOptions('queryClient', options, clientChecks);
  const { clock = systemClock, headers = {}, timeout = '30s', token } = options;
  const connection = new Connection({
    urls: addressesOf(typeof urls === 'string' ? [urls] : urls),
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    fetch: options.fetch ?? ((...request) => fetch(...request)),
    clock,
    timeout: toMilliseconds(timeout, 'the timeout of queries'),
  });
  return {
    view: <K, V>(of: TableHandle<K, V> | { readonly name: string } | string, options?: RemoteViewOptions) =>
      remoteView<K, V>(connection, typeof of === 'string' ? of : 'rows' in of ? storeOf(of) : of.name, options),
    stores: async () => ((await connection.json('/stores')) as StoresBody).stores,
  };
};

const storeOf = ({ rows: { store } }: TableHandle<unknown, unknown>): string => {
  if (store !== undefined) return store.name;
  throw new StateError('this table keeps no rows: give the step that makes it a { name } to keep them');
};

const addressesOf = (urls: readonly string[]): readonly string[] => {
  if (urls.length === 0) throw new ConfigError('queryClient has no address: give the URL of a process');
  return urls.map((url) => {
    if (URL.canParse(url) && /^https?:/.test(url)) return url.replace(/\/$/, '');
    throw new ConfigError(`"${url}" is no address of queries: use a URL such as http://localhost:7070`);
  });
};
