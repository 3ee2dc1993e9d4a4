import { Server, ServerCredentials } from '@grpc/grpc-js';
import { type Clock, checkOptions, type OptionChecks, option, systemClock } from '@kstreams/core/graph';
import { drainTime, type QueryOptions, QueryService, queryChecks } from '@kstreams/query/service';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { addressChecks, cannotListen, type HttpAddress } from '@kstreams/runtime/http';
import { loadProto, serviceOf } from './definitions.js';
import { GrpcPeers } from './grpc-peers.js';
import { Health } from './health.js';
import { peerMethods, queryMethods } from './query-methods.js';
import { addReflection } from './reflection.js';

/** Options of {@link grpcQueryServer}. */
export interface GrpcQueryServerOptions extends QueryOptions {
  /** Default 7071. 0 takes a free one. */
  readonly port?: number;
  /** The address to listen at. Default `127.0.0.1`: give `0.0.0.0` for queries of other machines, with `bearer`. */
  readonly host?: string;
  /** Credentials of the server, such as `ServerCredentials.createSsl(…)`; plain text unless set. */
  readonly credentials?: ServerCredentials;
  /** Returns the gRPC address of another process by its endpoint; its host and port unless set. */
  readonly addressOf?: (endpoint: string) => string;
  /** Serves the reflection service, which shows the methods and messages without a token. True unless set. */
  readonly reflection?: boolean;
}

/** An extension that serves queries over gRPC. */
export interface GrpcQueryServer extends Extension {
  /** The port that it listens at; undefined before it has started. */
  readonly port: number | undefined;
}

const serverChecks: OptionChecks<GrpcQueryServerOptions> = {
  ...queryChecks,
  ...addressChecks,
  credentials: option.having('ServerCredentials of @grpc/grpc-js'),
  addressOf: option.fn,
  reflection: option.flag,
};

/** Pings find connections that are dead, and keep idle subscriptions open. Times are in ms, sizes in bytes. */
const channelOptions = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': 65_536,
} as const;

/**
 * Creates an extension that serves queries of the application's stores over gRPC while it runs, with the services of
 * reflection and health.
 *
 * @throws ConfigError from `start` when the port is taken, or the address is refused.
 *
 * @example
 * const server = grpcQueryServer({ authorize: bearer(process.env.QUERY_TOKEN ?? ''), port: 7071 })
 * const running = await start(shop, { extensions: [server] })
 */
export const grpcQueryServer = (options: GrpcQueryServerOptions): GrpcQueryServer => {
  checkOptions('grpcQueryServer', options, serverChecks);
  return new QueryServer(options);
};

const queryService = 'kstreams.query.v1.QueryService';

class QueryServer implements GrpcQueryServer {
  readonly name = 'grpc-query-server';
  readonly #server = new Server(channelOptions);
  readonly #health = new Health([queryService]);
  readonly #service: QueryService;
  readonly #address: HttpAddress;
  readonly #credentials: ServerCredentials;
  readonly #clock: Pick<Clock, 'after'>;
  #port: number | undefined;

  constructor(options: GrpcQueryServerOptions) {
    const { addressOf = hostOf, host = '127.0.0.1', port = 7_071, reflection = true } = options;
    this.#service = new QueryService(options, 'grpc', new GrpcPeers(addressOf));
    this.#address = { host, port };
    this.#credentials = options.credentials ?? ServerCredentials.createInsecure();
    this.#clock = options.clock ?? systemClock;
    const query = loadProto('query');
    this.#server.addService(serviceOf(query, queryService), queryMethods(this.#service));
    this.#server.addService(serviceOf(loadProto('peers'), 'kstreams.query.peers.Peers'), peerMethods(this.#service));
    this.#health.addTo(this.#server);
    if (reflection) addReflection(this.#server, [query, loadProto('health')]);
  }

  get port(): number | undefined {
    return this.#port;
  }

  async started(application: StartedApplication): Promise<void> {
    this.#service.started(application);
    application.state$.subscribe((state) => {
      if (state === 'closing') this.#health.end();
    });
    try {
      this.#port = await this.#listen();
    } catch (thrown) {
      await this.#service.closing();
      this.#server.forceShutdown();
      throw cannotListen(this.#address, thrown);
    }
    if (application.state !== 'closing') this.#health.begin();
  }

  /** Ends subscriptions, refuses new calls and lets running ones end, then closes the connections. */
  async closing(): Promise<void> {
    this.#health.end();
    const cancel = this.#clock.after(drainTime, () => this.#server.forceShutdown());
    const closed = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    await this.#service.closing();
    await closed;
    cancel();
  }

  #listen(): Promise<number> {
    const { host, port } = this.#address;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(
        `${host.includes(':') ? `[${host}]` : host}:${port}`,
        this.#credentials,
        (error, bound) => {
          if (error === null) resolve(bound);
          else reject(error);
        },
      );
    });
  }
}

/** Returns the host and port of a URL; another text stays as it is. */
const hostOf = (endpoint: string): string => (URL.canParse(endpoint) ? new URL(endpoint).host : endpoint);
