import {
  type Admin,
  type GroupMember,
  type NewTopic,
  type Position,
  partitionId,
  type TopicDescription,
  type TopicIdentity,
  TransportError,
} from '@kstreams/core/graph';
import {
  codes,
  delay,
  errorOf,
  groupDeletionError,
  isRetriable,
  labelOf,
  request,
  requestTimeout,
  topicIdText,
  withoutTimestampLimits,
} from '@kstreams/kafka-common';
import {
  createPartitionsV3,
  createTopicsV7,
  deleteGroupsV2,
  deleteRecordsV2,
  deleteTopicsV6,
  describeConfigsV4,
} from '@platformatic/kafka';
import { call } from '../client/call.js';
import { Cluster, type ClusterTopic } from '../client/cluster.js';
import type { ClientContext } from '../client/context.js';
import { failureCodes, RequestError, throwIf } from '../client/failures.js';
import { partitionsByLeader } from '../client/offset-requests.js';
import { byTopic } from '../group/by-topic.js';
import { groupMembers } from './group-members.js';

/** The interval of checks until every broker has applied a change, in ms. */
const checkInterval = 20;
/** The type of topics in requests for settings. */
const topicResource = 2;

/** Lists, creates, deletes and purges the topics of a cluster. */
export class KafkaJsAdmin implements Admin {
  readonly #cluster: Cluster;

  private constructor(context: ClientContext) {
    this.#cluster = new Cluster(context, 'admin');
  }

  /** Connects an admin client. */
  static async open(context: ClientContext): Promise<KafkaJsAdmin> {
    const admin = new KafkaJsAdmin(context);
    try {
      await admin.#cluster.connect();
    } catch (failure) {
      await admin.close();
      throw failure;
    }
    return admin;
  }

  async topics(names?: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const described = await this.#describe(names);
    for (const { error, name } of described) {
      if (!codes.authorization.includes(error)) continue;
      const right = `Read or Write on topic "${name}"`;
      throw errorOf('a topic cannot be described', new RequestError(error), { topic: name }, undefined, right);
    }
    const found = described.filter(({ error }) => error === 0);
    const settings = names === undefined ? new Map() : await this.#settings(found.map(({ name }) => name));
    return new Map(
      found.map((topic) => {
        const { cleanup = 'unknown', deletesKept } = settings.get(topic.name) ?? {};
        const kept = deletesKept === undefined ? {} : { deletesKept };
        return [topic.name, { ...identityOf(topic), cleanup, ...kept }];
      }),
    );
  }

  async identify(names: readonly string[]): Promise<ReadonlyMap<string, TopicIdentity>> {
    const found = (await this.#describe(names)).filter(({ error }) => error === 0);
    return new Map(found.map((topic) => [topic.name, identityOf(topic)]));
  }

  async members(group: string): Promise<readonly GroupMember[]> {
    const found = await request(
      this.#cluster.clock,
      `the members of group "${group}" cannot be listed`,
      () => groupMembers(this.#cluster, group),
      `Describe on group "${group}"`,
    );
    return found.map(({ clientHost, clientId }) => ({ name: `${clientId} on ${clientHost}`, ...labelOf(clientId) }));
  }

  async deleteGroup(group: string): Promise<void> {
    const codeOf = ({ results }: { results: readonly { errorCode: number }[] }): number => results[0]?.errorCode ?? 0;
    await request(this.#cluster.clock, `group "${group}" cannot be deleted`, async () => {
      const code = codeOf(await this.#cluster.coordinate('group', group, { codeOf }, deleteGroupsV2.api, [group]));
      const failure = code === 0 ? undefined : groupDeletionError(group, new RequestError(code));
      if (failure !== undefined) throw failure;
    });
  }

  async grow(topic: string, partitions: number): Promise<void> {
    await request(this.#cluster.clock, `topic "${topic}" cannot get more partitions`, async () => {
      const wanted = [{ name: topic, count: partitions, assignments: null }];
      const { results } = await call(await this.#cluster.any(), createPartitionsV3.api, wanted, requestTimeout, false);
      // Brokers refuse a number that the topic has already.
      for (const { errorCode, errorMessage } of results) {
        if (errorCode !== codes.invalidPartitions) throwIf(errorCode, errorMessage);
      }
    });
    await this.#until([topic], ({ leaders }) => leaders.length >= partitions && hasLeaders(leaders));
  }

  async create(topics: readonly NewTopic[]): Promise<void> {
    await Promise.all(topics.map((topic) => this.#create(topic)));
    await this.#until(
      topics.map(({ name }) => name),
      ({ error, leaders }) => error === 0 && hasLeaders(leaders),
    );
  }

  async delete(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    for (const name of names) {
      const right = `Delete on topic "${name}"`;
      await request(
        this.#cluster.clock,
        `topic "${name}" cannot be deleted`,
        async () => {
          const wanted = [{ name, topicId: null }];
          const { responses } = await call(await this.#cluster.any(), deleteTopicsV6.api, wanted, requestTimeout);
          // An unknown topic counts as deleted: as a retriable error it would be retried for a minute.
          for (const { errorCode, errorMessage } of responses) {
            if (errorCode !== failureCodes.unknownTopic) throwIf(errorCode, errorMessage);
          }
        },
        right,
      );
    }
    await this.#until(names, ({ error }) => error === failureCodes.unknownTopic);
  }

  async purge(before: readonly Position[]): Promise<void> {
    if (before.length === 0) return;
    const offsets = new Map(before.map((one) => [partitionId(one), BigInt(one.offset)]));
    await request(this.#cluster.clock, 'records cannot be deleted', async () => {
      const byLeader = await partitionsByLeader(this.#cluster, before);
      await Promise.all(
        [...byLeader].map(async ([node, led]) => {
          const wanted = [...byTopic(led)].map(([name, partitions]) => ({
            name,
            partitions: partitions.map((partition) => ({
              partitionIndex: partition,
              offset: offsets.get(partitionId({ topic: name, partition })) as bigint,
            })),
          }));
          const connection = await this.#cluster.node(node);
          const { topics } = await call(connection, deleteRecordsV2.api, wanted, requestTimeout);
          for (const { name: topic, partitions } of topics) {
            for (const { errorCode, partitionIndex: partition } of partitions) {
              if (errorCode === 0) continue;
              const failure = new RequestError(errorCode);
              if (isRetriable(failure)) await this.#cluster.refresh([topic]);
              const right = `Delete on topic "${topic}"`;
              throw errorOf('records cannot be deleted', failure, { topic, partition }, undefined, right);
            }
          }
        }),
      );
    });
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }

  #describe(names?: readonly string[]): Promise<readonly ClusterTopic[]> {
    if (names?.length === 0) return Promise.resolve([]);
    const action = `topics cannot be ${names === undefined ? 'listed' : 'described'}`;
    return request(this.#cluster.clock, action, () => this.#cluster.refresh(names));
  }

  /** Returns the cleanup policies of topics and the time for which they keep deletes; nothing without the right to it. */
  async #settings(
    names: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly cleanup?: string; readonly deletesKept?: number }>> {
    if (names.length === 0) return new Map();
    const wanted = names.map((resourceName) => ({
      resourceType: topicResource,
      resourceName,
      configurationKeys: ['cleanup.policy', 'delete.retention.ms'],
    })) as unknown as Parameters<typeof describeConfigsV4.createRequest>[0];
    const { results } = await request(this.#cluster.clock, 'the settings of topics cannot be described', async () =>
      call(await this.#cluster.any(), describeConfigsV4.api, wanted, false, false),
    );
    return new Map(
      results.map(({ configs, resourceName }) => {
        const settingOf = (name: string): string | undefined =>
          configs.find((one) => one.name === name)?.value ?? undefined;
        const cleanup = settingOf('cleanup.policy');
        const kept = settingOf('delete.retention.ms');
        return [
          resourceName,
          {
            ...(cleanup === undefined ? {} : { cleanup }),
            ...(kept === undefined || cleanup?.includes('compact') !== true ? {} : { deletesKept: Number(kept) }),
          },
        ];
      }),
    );
  }

  async #create({ config, name, partitions }: NewTopic): Promise<void> {
    const topic = {
      name,
      numPartitions: partitions,
      replicationFactor: -1,
      assignments: [],
      configs: Object.entries(config).map(([key, value]) => ({ name: key, value })),
    };
    try {
      await request(
        this.#cluster.clock,
        `topic "${name}" cannot be created`,
        async () => {
          const { topics } = await call(await this.#cluster.any(), createTopicsV7.api, [topic], requestTimeout, false);
          for (const { errorCode, errorMessage } of topics) {
            if (errorCode !== codes.topicExists) throwIf(errorCode, errorMessage);
          }
        },
        `Create on topic "${name}"`,
      );
    } catch (thrown) {
      const code = ((thrown as Error).cause as RequestError | undefined)?.code;
      // Brokers before 3.6 have no limits of timestamps.
      const older = withoutTimestampLimits(config);
      if (code !== codes.invalidConfig || older === undefined) throw thrown;
      await this.#create({ name, partitions, config: older });
    }
  }

  /** Waits until the brokers describe all topics as expected. */
  async #until(names: readonly string[], expected: (topic: ClusterTopic) => boolean): Promise<void> {
    const { clock } = this.#cluster;
    const deadline = clock.monotonic() + requestTimeout;
    for (;;) {
      const late = (await this.#describe(names)).find((topic) => !expected(topic));
      if (late === undefined) return;
      if (clock.monotonic() > deadline) {
        throw new TransportError(`the brokers did not apply a change within ${requestTimeout} ms`, {
          topic: late.name,
        });
      }
      await delay(clock, checkInterval);
    }
  }
}

const hasLeaders = (leaders: ClusterTopic['leaders']): boolean => leaders.every((leader) => leader !== undefined);

const identityOf = ({ id, leaders, name }: ClusterTopic): TopicIdentity => ({
  name,
  partitions: leaders.length,
  id: topicIdText(signed(id.replaceAll('-', '').slice(0, 16)), signed(id.replaceAll('-', '').slice(16))),
});

/** Returns half of an id as the signed number that other clients give. */
const signed = (hexadecimal: string): bigint => BigInt.asIntN(64, BigInt(`0x${hexadecimal}`));
