import { type Admin, type NewTopic, type Position, type TopicDescription, TransportError } from '@kstreams/core/graph';
import type { NativeError, NativePartition, NativeTopic } from './addon.js';
import { ask, askEach, delay, requestTimeout } from './ask.js';
import { codes, errorOf } from './errors.js';
import type { SharedClient } from './shared-client.js';

/** Sees to the topics of a cluster. */
export class KafkaAdmin implements Admin {
  readonly #shared: SharedClient;
  readonly #closed: () => Promise<void>;

  private constructor(shared: SharedClient) {
    this.#shared = shared;
    this.#closed = shared.use();
  }

  static async open(shared: SharedClient): Promise<KafkaAdmin> {
    const admin = new KafkaAdmin(shared);
    try {
      await shared.open();
    } catch (failure) {
      await admin.close();
      throw failure;
    }
    return admin;
  }

  async topics(names?: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>> {
    const asked = names ?? (await this.#names());
    const found = (await this.#describe(asked)).filter(({ error }) => error === undefined);
    const cleanups = names === undefined ? new Map<string, string>() : await this.#cleanups(found);
    return new Map(
      found.map(({ name, partitions, topicId }) => {
        const cleanup = cleanups.get(name) ?? 'unknown';
        return [name, { name, partitions: partitions.length, cleanup, ...(topicId && { id: idOf(topicId) }) }];
      }),
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
      if (error !== undefined) throw errorOf('records cannot be deleted', error, { topic, partition });
    }
  }

  /** The client below stays with the transport as long as others use it. */
  close(): Promise<void> {
    return this.#closed();
  }

  #names(): Promise<readonly string[]> {
    const question = this.#shared.question<readonly string[]>((admin, done) =>
      admin.listTopics({ timeout: requestTimeout }, done),
    );
    return ask(this.#shared.clock, 'topics were not told', question);
  }

  async #describe(names: readonly string[]): Promise<readonly NativeTopic[]> {
    if (names.length === 0) return [];
    const question = this.#shared.question<readonly NativeTopic[]>((admin, done) =>
      admin.describeTopics([...names], { timeout: requestTimeout }, done),
    );
    return ask(this.#shared.clock, 'topics were not described', question);
  }

  /**
   * Which topics keep the last record of every key. The client has no question for a topic's settings, but a cluster
   * refuses to delete records of such a topic, even none: deleting those before offset 0 tells, and does nothing.
   */
  async #cleanups(topics: readonly NativeTopic[]): Promise<ReadonlyMap<string, string>> {
    const answers = await this.#deleteRecords(topics.map(({ name }) => ({ topic: name, partition: 0, offset: 0 })));
    const of = (code: number | undefined) =>
      code === undefined ? 'delete' : code === codes.policyViolation ? 'compact' : 'unknown';
    return new Map(answers.map(({ topic, error }) => [topic, of(error?.code)]));
  }

  async #deleteRecords(before: readonly Position[]): Promise<readonly NativePartition[]> {
    if (before.length === 0) return [];
    const asked = before.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
    const question = this.#shared.question<readonly NativePartition[]>((admin, done) =>
      admin.deleteRecords(asked, { timeout: requestTimeout }, done),
    );
    return askEach(this.#shared.clock, 'records cannot be deleted', question);
  }

  async #create({ name, partitions, config }: NewTopic): Promise<void> {
    const topic = { topic: name, num_partitions: partitions, replication_factor: -1, config };
    const question = this.#shared.question((admin, done) => admin.createTopic(topic, requestTimeout, done));
    await ask(this.#shared.clock, `topic "${name}" cannot be made`, question).catch(unless(codes.topicExists));
  }

  async #delete(name: string): Promise<void> {
    const question = this.#shared.question((admin, done) =>
      // An unknown topic may be one that is not known yet: that would be asked for again and again.
      admin.deleteTopic(name, requestTimeout, (failure, answer) =>
        done(failure?.code === codes.unknownTopic ? null : failure, answer),
      ),
    );
    await ask(this.#shared.clock, `topic "${name}" cannot be deleted`, question);
  }

  /** What was decided takes a moment until every broker knows it. */
  async #until(names: readonly string[], holds: (topic: NativeTopic) => boolean): Promise<void> {
    const deadline = this.#shared.clock.now() + requestTimeout;
    for (;;) {
      const late = (await this.#describe(names)).find((topic) => !holds(topic));
      if (late === undefined) return;
      if (this.#shared.clock.now() > deadline)
        throw new TransportError('a change has not arrived', { topic: late.name });
      await delay(this.#shared.clock, 20);
    }
  }
}

const idOf = ({ mostSignificantBits, leastSignificantBits }: NonNullable<NativeTopic['topicId']>): string =>
  `${mostSignificantBits}.${leastSignificantBits}`;

const unless =
  (code: number) =>
  (thrown: unknown): void => {
    if (((thrown as Error).cause as NativeError | undefined)?.code !== code) throw thrown;
  };
