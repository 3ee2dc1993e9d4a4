import { partitionId, type TopicPartition } from '@kstreams/core/graph';
import { codes, errorOf, isRetriable } from '@kstreams/kafka-common';
import { consumerGroupHeartbeatV1 } from '@platformatic/kafka';
import type { Cluster } from '../client/cluster.js';
import { failureCodes, type RequestError, requestErrorOf, throwIf } from '../client/failures.js';
import { byTopic } from './by-topic.js';
import type { MemberIdentity, Membership, MembershipListener, MembershipOptions } from './membership.js';
import { Pause } from './pause.js';

type Heartbeat = ReturnType<typeof consumerGroupHeartbeatV1.parseResponse>;

/** The pause after a failed heartbeat, in ms. */
const errorPause = 100;

/** The epochs of heartbeats that join and leave, and that leave with an instance id. */
const [joining, leaving, leavingForAWhile] = [0, -1, -2];

/** A member of a group whose brokers assign the partitions (KIP-848). Every message to the group is a heartbeat. */
export class ConsumerMembership implements Membership {
  readonly #cluster: Cluster;
  readonly #options: MembershipOptions;
  readonly #listener: MembershipListener;
  readonly #pause: Pause;
  readonly #id = crypto.randomUUID();
  #epoch = joining;
  /** True between the first response and the loss of the membership. */
  #member = false;
  /** The partitions of the last assignment, by which later ones are compared. */
  #target = new Map<string, TopicPartition>();
  /** The partitions that the listener has not released. */
  #owned = new Map<string, TopicPartition>();
  #interval: number;
  #lastHeartbeat = 0;
  #running: Promise<void> | undefined;
  #left = false;

  constructor(cluster: Cluster, options: MembershipOptions, listener: MembershipListener) {
    this.#cluster = cluster;
    this.#options = options;
    this.#listener = listener;
    this.#pause = new Pause(cluster.clock);
    this.#interval = options.heartbeatInterval;
  }

  get identity(): MemberIdentity {
    const generation = this.#member ? this.#epoch : -1;
    return { id: this.#member ? this.#id : '', generation, instanceId: this.#options.instanceId };
  }

  join(): void {
    this.#running ??= this.#run();
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#pause.end();
    if (!this.#member) return;
    this.#epoch = this.#options.instanceId === null ? leaving : leavingForAWhile;
    // Without a response the session time-out ends the membership.
    await this.#send([]).catch(() => {});
  }

  async #run(): Promise<void> {
    while (!this.#left) {
      try {
        const response = await this.#send([...this.#owned.values()]);
        throwIf(response.errorCode, response.errorMessage);
        if (this.#left) return;
        await this.#receive(response);
        await this.#pause.wait(this.#interval);
        if (this.#cluster.clock.monotonic() - this.#listener.lastPoll() > this.#options.maxPollInterval) {
          await this.#leaveIdle();
        }
      } catch (thrown) {
        if (this.#left || !(await this.#recover(requestErrorOf(thrown)))) return;
      }
    }
  }

  #send(owned: readonly TopicPartition[]): Promise<Heartbeat> {
    const { group, instanceId, maxPollInterval, topics } = this.#options;
    const topicPartitions = [...byTopic(owned)].map(([topic, partitions]) => ({
      topicId: this.#cluster.topic(topic)?.id ?? '',
      partitions: [...partitions],
    }));
    return this.#cluster.coordinate(
      'group',
      group,
      { codeOf: ({ errorCode }) => errorCode },
      consumerGroupHeartbeatV1.api,
      group,
      this.#id,
      this.#epoch,
      instanceId,
      null,
      maxPollInterval,
      [...topics],
      null,
      null,
      topicPartitions,
    );
  }

  async #receive({ assignment, heartbeatIntervalMs, memberEpoch }: Heartbeat): Promise<void> {
    this.#lastHeartbeat = this.#cluster.clock.monotonic();
    const first = !this.#member;
    this.#member = true;
    this.#epoch = memberEpoch;
    if (heartbeatIntervalMs > 0) this.#interval = heartbeatIntervalMs;
    if (assignment === null) {
      if (first) this.#listener.rebalanced('assigned', []);
      return;
    }
    const target = new Map<string, TopicPartition>();
    for (const { partitions, topicId } of assignment.topicPartitions) {
      if (this.#cluster.nameOf(topicId) === undefined) await this.#cluster.refresh(this.#options.topics);
      const topic = this.#cluster.nameOf(topicId);
      // A topic that was deleted meanwhile has no partitions to read.
      if (topic === undefined) continue;
      for (const partition of partitions) target.set(partitionId({ topic, partition }), { topic, partition });
    }
    const revoked = [...this.#target.values()].filter((one) => !target.has(partitionId(one)));
    const added = [...target.values()].filter((one) => !this.#target.has(partitionId(one)));
    this.#target = target;
    if (revoked.length > 0) this.#listener.rebalanced('revoked', revoked);
    if (added.length > 0 || first || revoked.length > 0) this.#listener.rebalanced('assigned', added);
    for (const one of added) this.#owned.set(partitionId(one), one);
    void this.#acknowledge(revoked);
  }

  /** Sends a heartbeat without the revoked partitions once the listener has released them. */
  async #acknowledge(revoked: readonly TopicPartition[]): Promise<void> {
    await this.#listener.settled();
    for (const one of revoked) if (!this.#target.has(partitionId(one))) this.#owned.delete(partitionId(one));
    this.#pause.end();
  }

  /** Handles a failed heartbeat; false when the member cannot join. */
  async #recover(error: RequestError): Promise<boolean> {
    const { group, sessionTimeout } = this.#options;
    if (error.code === failureCodes.memberUnknown || error.code === failureCodes.fencedMember) {
      await this.#lose('it was expelled');
      return true;
    }
    if (error.code === failureCodes.unreleasedInstance) {
      const shared = new Error(error.message);
      const failure = Object.assign(shared, { code: codes.fencedInstance });
      this.#listener.failed(errorOf(`group "${group}" cannot be joined`, failure, {}, false));
      return false;
    }
    if (!isRetriable(error)) {
      const right = `Read on group "${group}"`;
      this.#listener.failed(errorOf(`group "${group}" cannot be joined`, error, {}, false, right));
      return false;
    }
    const silence = this.#cluster.clock.monotonic() - this.#lastHeartbeat;
    if (this.#member && silence > sessionTimeout) await this.#lose('its session timed out');
    await this.#pause.wait(errorPause);
    return true;
  }

  /** Leaves the group, since there was no poll for too long. */
  async #leaveIdle(): Promise<void> {
    this.#epoch = leaving;
    await this.#send([]);
    await this.#lose(`there was no poll for ${this.#options.maxPollInterval} ms`);
  }

  /** Ends the membership: other members may own its partitions. It joins again once the listener has lost them. */
  async #lose(reason: string): Promise<void> {
    this.#listener.log(`group "${this.#options.group}": this member lost its partitions: ${reason}`);
    const owned = [...this.#owned.values()];
    this.#owned = new Map();
    this.#target = new Map();
    this.#member = false;
    this.#epoch = joining;
    if (owned.length > 0) this.#listener.rebalanced('lost', owned);
    await this.#listener.settled();
  }
}
