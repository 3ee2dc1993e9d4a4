import { type Clock, type TopicPartition, TransportError } from '@kstreams/core/graph';
import { brokersOf, requestTimeout } from '@kstreams/kafka-common';
import { apiVersionsV3, type Broker, type Connection, findCoordinatorV4, metadataV12 } from '@platformatic/kafka';
import { type Api, call } from './call.js';
import { connectErrorOf } from './connect-error.js';
import { Connections, type Lane } from './connections.js';
import type { ClientContext } from './context.js';
import { failureCodes, RequestError, requestErrorOf, throwIf } from './failures.js';

/** The leader of a partition. */
export interface Leader {
  readonly node: number;
  readonly epoch: number;
}

/** A topic as its cluster describes it. */
export interface ClusterTopic {
  readonly name: string;
  readonly id: string;
  readonly error: number;
  /** The leaders by partition; `undefined` while one has none. */
  readonly leaders: readonly (Leader | undefined)[];
}

/** The kinds of coordinators in the protocol. */
const coordinatorKinds = { group: 0, transaction: 1 } as const;

/** The number of the request of KIP-848 in the protocol. */
const consumerGroupHeartbeat = 68;

/** The pause between two attempts to connect, in ms. */
const connectPause = 200;

/** The brokers, topics and coordinators of a cluster, as one client has read them. */
export class Cluster {
  readonly #context: ClientContext;
  readonly #connections: Connections;
  readonly #topics = new Map<string, ClusterTopic>();
  readonly #names = new Map<string, string>();
  readonly #coordinators = new Map<string, Promise<Broker>>();
  #brokers: ReadonlyMap<number, Broker> = new Map();
  #versions: ReadonlyMap<number, number> = new Map();

  constructor(context: ClientContext, clientId: string, joinTimeout = requestTimeout) {
    this.#context = context;
    const { clientId: prefix } = context.settings;
    this.#connections = new Connections(context, prefix === undefined ? clientId : `${prefix}-${clientId}`, {
      control: requestTimeout,
      fetch: 3 * requestTimeout,
      join: joinTimeout + requestTimeout,
      produce: 3 * requestTimeout,
    });
  }

  get clock(): Clock {
    return this.#context.clock;
  }

  /**
   * Connects to a broker.
   *
   * @throws TransportError when none accepts the client within 10 s; retriable unless they refuse its credentials.
   */
  async connect(): Promise<void> {
    const { clock, settings } = this.#context;
    const deadline = clock.monotonic() + requestTimeout;
    for (;;) {
      try {
        const { apiKeys } = await call(await this.any(), apiVersionsV3.api, 'kstreams', '1');
        this.#versions = new Map(apiKeys.map(({ apiKey, maxVersion }) => [apiKey, maxVersion]));
        await this.refresh([]);
        return;
      } catch (thrown) {
        const error = connectErrorOf(brokersOf(settings.brokers), thrown);
        if (!error.retriable || clock.monotonic() > deadline) throw error;
        await new Promise<void>((resolve) => clock.after(connectPause, resolve));
      }
    }
  }

  /** True when the brokers have the group protocol of KIP-848. */
  get hasConsumerProtocol(): boolean {
    return this.#versions.has(consumerGroupHeartbeat);
  }

  /** Returns the highest version of a request that the brokers have; 0 for an unknown one. */
  version(apiKey: number): number {
    return this.#versions.get(apiKey) ?? 0;
  }

  /** Returns a topic of the last metadata. */
  topic(name: string): ClusterTopic | undefined {
    return this.#topics.get(name);
  }

  /** Returns the name of a topic of the last metadata by its id. */
  nameOf(id: string): string | undefined {
    return this.#names.get(id);
  }

  /** Returns the leader of a partition in the last metadata. */
  leader({ topic, partition }: TopicPartition): Leader | undefined {
    return this.#topics.get(topic)?.leaders[partition];
  }

  /** Requests topics, all of them unless given, with their leaders. */
  async refresh(names?: readonly string[]): Promise<readonly ClusterTopic[]> {
    const response = await call(
      await this.any(),
      metadataV12.api,
      names === undefined ? null : [...names],
      false,
      false,
    );
    this.#brokers = new Map(response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    return response.topics.map(({ errorCode, name, partitions, topicId }) => {
      const leaders: (Leader | undefined)[] = Array(partitions.length).fill(undefined);
      for (const { leaderEpoch: epoch, leaderId: node, partitionIndex } of partitions) {
        leaders[partitionIndex] = node < 0 ? undefined : { node, epoch };
      }
      const topic = { name: name ?? '', id: topicId, error: errorCode, leaders };
      if (errorCode === 0) {
        this.#topics.set(topic.name, topic);
        this.#names.set(topic.id, topic.name);
      } else if (errorCode === failureCodes.unknownTopic) this.#topics.delete(topic.name);
      return topic;
    });
  }

  /** Returns a connection to any broker. Throws the RequestError of the first when none can be reached. */
  async any(lane: Lane = 'control'): Promise<Connection> {
    const known = [...this.#brokers.values(), ...[this.#context.settings.brokers].flat().flatMap(parseBrokers)];
    let failure: RequestError | undefined;
    for (const broker of known) {
      try {
        return await this.#connections.to(broker, lane);
      } catch (thrown) {
        failure ??= requestErrorOf(thrown);
      }
    }
    throw failure ?? new RequestError(failureCodes.lostConnection, 'no broker is known');
  }

  /** Returns a connection to a broker by its number. */
  async node(id: number, lane: Lane = 'control'): Promise<Connection> {
    const broker = this.#brokers.get(id);
    if (broker === undefined) throw new RequestError(failureCodes.notLeader, `broker ${id} is unknown`);
    return this.#connections.to(broker, lane);
  }

  /** Sends a request to the coordinator of a group or a transactional id; a lost coordinator is looked for again. */
  async coordinate<Args extends unknown[], R>(
    kind: keyof typeof coordinatorKinds,
    key: string,
    { lane = 'control', codeOf }: { readonly lane?: Lane; readonly codeOf: (response: R) => number },
    api: Api<Args, R>,
    ...args: Args
  ): Promise<R> {
    const id = `${kind} ${key}`;
    const known = this.#coordinators.get(id) ?? this.#find(kind, key);
    this.#coordinators.set(id, known);
    try {
      const response = await call(await this.#connections.to(await known, lane), api, ...args);
      const code = codeOf(response);
      if (code === failureCodes.notCoordinator || code === failureCodes.noCoordinator) this.#coordinators.delete(id);
      return response;
    } catch (thrown) {
      this.#coordinators.delete(id);
      throw thrown instanceof TransportError ? thrown : requestErrorOf(thrown);
    }
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #find(kind: keyof typeof coordinatorKinds, key: string): Promise<Broker> {
    const { coordinators } = await call(await this.any(), findCoordinatorV4.api, coordinatorKinds[kind], [key]);
    const found = coordinators[0];
    if (found === undefined) throw new RequestError(failureCodes.noCoordinator);
    throwIf(found.errorCode, found.errorMessage);
    return { host: found.host, port: found.port };
  }
}

/** Returns the brokers of a list separated by commas. */
const parseBrokers = (text: string): readonly Broker[] =>
  text.split(',').map((one) => {
    const at = one.lastIndexOf(':');
    return { host: one.slice(0, at).trim(), port: Number(one.slice(at + 1)) };
  });
