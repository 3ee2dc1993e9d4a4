import {
  type Admin,
  type Clock,
  type GroupMember,
  type NewTopic,
  type Position,
  type TopicDescription,
  type TopicIdentity,
  TransportError,
} from '@kstreams/core/graph';
import {
  codes,
  delay,
  errorOf,
  groupDeletionError,
  labelOf,
  requestTimeout,
  topicIdText,
  withoutTimestampLimits,
} from '@kstreams/kafka-common';
import type { NativeError, NativePartition, NativeTopic } from '../client/addon.js';
import type { AdminClient } from './admin-client.js';
import { describeGroup } from './describe-group.js';

/** The interval of checks until every broker has applied a change, in ms. */
const checkInterval = 20;
const timeout = { timeout: requestTimeout };

/** Lists, creates, deletes and purges the topics of a cluster. */
export class KafkaAdmin implements Admin {
  readonly #client: AdminClient;
  readonly #clock: Clock;
  readonly #release: () => Promise<void>;

  private constructor(client: AdminClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#release = client.acquire();
  }

  /** Connects the shared client, unless it is connected. */
  static async open(client: AdminClient, clock: Clock): Promise<KafkaAdmin> {
    const admin = new KafkaAdmin(client, clock);
    try {
      await client.connect();
    } catch (failure) {
      await admin.close();
      throw failure;
    }
    return admin;
  }

  async topics(names?: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const described = await this.#describe(names ?? (await this.#names()));
    for (const { error, name } of described) {
      if (error === undefined || !codes.authorization.includes(error.code)) continue;
      throw errorOf(
        'a topic cannot be described',
        error,
        { topic: name },
        undefined,
        `Read or Write on topic "${name}"`,
      );
    }
    const found = described.filter(({ error }) => error === undefined);
    const cleanups = names === undefined ? new Map<string, string>() : await this.#cleanups(found);
    return new Map(
      found.map((topic) => [topic.name, { ...identityOf(topic), cleanup: cleanups.get(topic.name) ?? 'unknown' }]),
    );
  }

  async identify(names: readonly string[]): Promise<ReadonlyMap<string, TopicIdentity>> {
    const found = (await this.#describe(names)).filter(({ error }) => error === undefined);
    return new Map(found.map((topic) => [topic.name, identityOf(topic)]));
  }

  async members(group: string): Promise<readonly GroupMember[]> {
    const found = await describeGroup(this.#client, group);
    return (found?.members ?? []).map(({ clientHost, clientId }) => ({
      name: `${clientId} on ${clientHost}`,
      ...labelOf(clientId),
    }));
  }

  async deleteGroup(group: string): Promise<void> {
    type Result = { readonly error?: NativeError };
    const [result] = await this.#client.requestEach<Result>(`group "${group}" cannot be deleted`, (admin, done) =>
      admin.deleteGroups([group], timeout, done),
    );
    const failure = result?.error && groupDeletionError(group, result.error);
    if (failure !== undefined) throw failure;
  }

  async grow(topic: string, partitions: number): Promise<void> {
    await this.#client.request(`topic "${topic}" cannot get more partitions`, (admin, done) =>
      // Brokers refuse a number that the topic has already.
      admin.createPartitions(topic, partitions, requestTimeout, (failure, result) =>
        done(failure?.code === codes.invalidPartitions ? null : failure, result),
      ),
    );
    await this.#until(
      [topic],
      (found) => found.partitions.length >= partitions && found.partitions.every(({ leader }) => leader !== null),
    );
  }

  async create(topics: readonly NewTopic[]): Promise<void> {
    await Promise.all(topics.map((topic) => this.#create(topic)));
    await this.#until(
      topics.map(({ name }) => name),
      ({ error, partitions }) => error === undefined && partitions.every(({ leader }) => leader !== null),
    );
  }

  async delete(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#delete(name)));
    await this.#until(names, ({ error }) => error?.code === codes.unknownTopic);
  }

  async purge(before: readonly Position[]): Promise<void> {
    for (const { topic, partition, error } of await this.#deleteRecords(before)) {
      if (error === undefined) continue;
      const right = `Delete on topic "${topic}"`;
      throw errorOf('records cannot be deleted', error, { topic, partition }, undefined, right);
    }
  }

  /** Releases the shared client. */
  close(): Promise<void> {
    return this.#release();
  }

  #names(): Promise<readonly string[]> {
    return this.#client.request('topics cannot be listed', (admin, done) => admin.listTopics(timeout, done));
  }

  async #describe(names: readonly string[]): Promise<readonly NativeTopic[]> {
    if (names.length === 0) return [];
    return this.#client.request('topics cannot be described', (admin, done) =>
      admin.describeTopics([...names], timeout, done),
    );
  }

  /**
   * Returns `cleanup.policy` by topic. The client has no request for a topic's settings, but brokers refuse to delete
   * records of a compacted topic: deleting those before offset 0 changes nothing and reveals the policy.
   */
  async #cleanups(topics: readonly NativeTopic[]): Promise<ReadonlyMap<string, string>> {
    const results = await this.#deleteRecords(topics.map(({ name }) => ({ topic: name, partition: 0, offset: 0 })));
    const policyOf = (code: number | undefined) =>
      code === undefined ? 'delete' : code === codes.policyViolation ? 'compact' : 'unknown';
    return new Map(results.map(({ topic, error }) => [topic, policyOf(error?.code)]));
  }

  async #deleteRecords(before: readonly Position[]): Promise<readonly NativePartition[]> {
    if (before.length === 0) return [];
    const requested = before.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
    return this.#client.requestEach<NativePartition>('records cannot be deleted', (admin, done) =>
      admin.deleteRecords(requested, timeout, done),
    );
  }

  async #create({ name, partitions, config }: NewTopic): Promise<void> {
    const topic = { topic: name, num_partitions: partitions, replication_factor: -1, config };
    await this.#client
      .request(
        `topic "${name}" cannot be created`,
        (admin, done) => admin.createTopic(topic, requestTimeout, done),
        `Create on topic "${name}"`,
      )
      .catch((thrown: Error) => {
        const code = (thrown.cause as NativeError | undefined)?.code;
        // Brokers before 3.6 have no limits of timestamps.
        const older = withoutTimestampLimits(config);
        if (code === codes.invalidConfig && older !== undefined) {
          return this.#create({ name, partitions, config: older });
        }
        if (code !== codes.topicExists) throw thrown;
      });
  }

  async #delete(name: string): Promise<void> {
    await this.#client.request(
      `topic "${name}" cannot be deleted`,
      // An unknown topic counts as deleted: as a retriable error it would be retried for a minute.
      (admin, done) =>
        admin.deleteTopic(name, requestTimeout, (failure, result) =>
          done(failure?.code === codes.unknownTopic ? null : failure, result),
        ),
      `Delete on topic "${name}"`,
    );
  }

  /** Waits until the brokers describe all topics as expected. */
  async #until(names: readonly string[], expected: (topic: NativeTopic) => boolean): Promise<void> {
    const deadline = this.#clock.monotonic() + requestTimeout;
    for (;;) {
      const late = (await this.#describe(names)).find((topic) => !expected(topic));
      if (late === undefined) return;
      if (this.#clock.monotonic() > deadline) {
        throw new TransportError(`the brokers did not apply a change within ${requestTimeout} ms`, {
          topic: late.name,
        });
      }
      await delay(this.#clock, checkInterval);
    }
  }
}

const identityOf = ({ name, partitions, topicId }: NativeTopic): TopicIdentity => ({
  name,
  partitions: partitions.length,
  ...(topicId && { id: topicIdText(topicId.mostSignificantBits, topicId.leastSignificantBits) }),
});
