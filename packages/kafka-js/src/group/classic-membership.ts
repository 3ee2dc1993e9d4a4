import { partitionId, type TopicPartition } from '@kstreams/core/graph';
import { codes, errorOf, isRetriable } from '@kstreams/kafka-common';
import { heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka';
import type { Cluster } from '../client/cluster.js';
import { failureCodes, type RequestError, requestErrorOf, throwIf } from '../client/failures.js';
import { assignPartitions } from './assign-partitions.js';
import type { MemberIdentity, Membership, MembershipListener, MembershipOptions } from './membership.js';
import { Pause } from './pause.js';
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './subscription-bytes.js';

/** The pause after a failed request of the group, in ms. */
const errorPause = 100;

/** The name of the protocol, which the clients of Java and librdkafka have too. */
const protocol = 'cooperative-sticky';

const codeOf = ({ errorCode }: { readonly errorCode: number }): number => errorCode;

/** A member of a group whose leader assigns the partitions, cooperatively: partitions that stay are read on meanwhile. */
export class ClassicMembership implements Membership {
  readonly #cluster: Cluster;
  readonly #options: MembershipOptions;
  readonly #listener: MembershipListener;
  readonly #pause: Pause;
  #id = '';
  #generation = -1;
  #owned: readonly TopicPartition[] = [];
  /** The partition counts by which this member, as the leader, assigned; empty for others. */
  #counts: ReadonlyMap<string, number> = new Map();
  #lastHeartbeat = 0;
  #nextRefresh = 0;
  #running: Promise<void> | undefined;
  #left = false;

  constructor(cluster: Cluster, options: MembershipOptions, listener: MembershipListener) {
    this.#cluster = cluster;
    this.#options = options;
    this.#listener = listener;
    this.#pause = new Pause(cluster.clock);
  }

  get identity(): MemberIdentity {
    return { id: this.#id, generation: this.#generation, instanceId: this.#options.instanceId };
  }

  join(): void {
    this.#running ??= this.#run();
  }

  async leave(): Promise<void> {
    this.#left = true;
    this.#pause.end();
    const { group, instanceId } = this.#options;
    if (this.#id === '' || instanceId !== null) return;
    const member = { memberId: this.#id, groupInstanceId: null, reason: null };
    await this.#cluster.coordinate('group', group, { codeOf }, leaveGroupV5.api, group, [member]).catch(() => {
      // Without a response the session time-out ends the membership.
    });
  }

  async #run(): Promise<void> {
    while (!this.#left) {
      try {
        await this.#settle();
        if (this.#left) return;
        if (!(await this.#joinOnce())) await this.#stay();
      } catch (thrown) {
        if (this.#left || !(await this.#recover(requestErrorOf(thrown)))) return;
      }
    }
  }

  /** Handles a failed request; false when the member cannot join. */
  async #recover(error: RequestError): Promise<boolean> {
    const { group } = this.#options;
    if (error.code === failureCodes.memberIdRequired || error.code === codes.rebalancing) return true;
    if (error.code === failureCodes.memberUnknown || error.code === codes.oldGeneration) {
      this.#lose('it was expelled');
      return true;
    }
    if (!isRetriable(error)) {
      const right = `Read on group "${group}"`;
      this.#listener.failed(errorOf(`group "${group}" cannot be joined`, error, {}, false, right));
      return false;
    }
    // The group has expelled a member that could not reach it.
    if (this.#generation >= 0 && this.#silence() > this.#options.sessionTimeout) this.#lose('its session timed out');
    await this.#pause.wait(errorPause);
    return true;
  }

  /** Ends the membership: other members may own its partitions. */
  #lose(reason: string): void {
    this.#listener.log(`group "${this.#options.group}": this member lost its partitions: ${reason}`);
    const owned = this.#owned;
    this.#owned = [];
    this.#generation = -1;
    this.#id = '';
    if (owned.length > 0) this.#listener.rebalanced('lost', owned);
  }

  /**
   * Waits until the listener has seen every earlier assignment, with heartbeats meanwhile: no partition is claimed that was
   * never read, and none that is still to be released.
   */
  async #settle(): Promise<void> {
    const settled = this.#listener.settled();
    if (settled === undefined) return;
    let pending = true;
    void settled.then(() => {
      pending = false;
      this.#pause.end();
    });
    while (pending && !this.#left) {
      await this.#pause.wait(this.#options.heartbeatInterval);
      if (pending && this.#generation >= 0) await this.#heartbeat();
    }
  }

  /** Joins and gets an assignment; true when the member must join again, since it releases partitions. */
  async #joinOnce(): Promise<boolean> {
    const { group, instanceId, maxPollInterval, sessionTimeout, topics } = this.#options;
    const metadata = encodeSubscription({ topics, owned: this.#owned, generation: this.#generation });
    const joined = await this.#cluster.coordinate(
      'group',
      group,
      { lane: 'join', codeOf },
      joinGroupV9.api,
      group,
      sessionTimeout,
      maxPollInterval,
      this.#id,
      instanceId,
      'consumer',
      [{ name: protocol, metadata }],
      null,
    );
    if (joined.memberId) this.#id = joined.memberId;
    throwIf(joined.errorCode);
    const leads = joined.leader === this.#id;
    const members = new Map(joined.members.map((one) => [one.memberId, decodeSubscription(one.metadata)]));
    this.#counts = leads ? await this.#count([...members.values()].flatMap((one) => one.topics)) : new Map();
    const assignments =
      leads && !joined.skipAssignment
        ? [...assignPartitions(members, this.#counts)].map(([memberId, partitions]) => ({
            memberId,
            assignment: encodeAssignment(partitions),
          }))
        : [];
    const synced = await this.#cluster.coordinate(
      'group',
      group,
      { lane: 'join', codeOf },
      syncGroupV5.api,
      group,
      joined.generationId,
      this.#id,
      instanceId,
      'consumer',
      joined.protocolName,
      assignments,
    );
    throwIf(synced.errorCode);
    if (this.#left) return false;
    this.#generation = joined.generationId;
    this.#lastHeartbeat = this.#cluster.clock.monotonic();
    return this.#change(decodeAssignment(synced.assignment));
  }

  /** Announces the changes of an assignment; true when this member releases partitions. */
  #change(assigned: readonly TopicPartition[]): boolean {
    const before = new Set(this.#owned.map(partitionId));
    const after = new Set(assigned.map(partitionId));
    const revoked = this.#owned.filter((one) => !after.has(partitionId(one)));
    this.#owned = assigned;
    if (revoked.length > 0) this.#listener.rebalanced('revoked', revoked);
    this.#listener.rebalanced(
      'assigned',
      assigned.filter((one) => !before.has(partitionId(one))),
    );
    return revoked.length > 0;
  }

  /** Sends heartbeats until the member must join again. */
  async #stay(): Promise<void> {
    const { group, heartbeatInterval, instanceId, maxPollInterval } = this.#options;
    const { clock } = this.#cluster;
    let wait: number = heartbeatInterval;
    for (;;) {
      await this.#pause.wait(wait);
      if (this.#left) return;
      if (clock.monotonic() - this.#listener.lastPoll() > maxPollInterval) {
        const member = { memberId: this.#id, groupInstanceId: instanceId, reason: null };
        await this.#cluster.coordinate('group', group, { codeOf }, leaveGroupV5.api, group, [member]);
        this.#lose(`there was no poll for ${maxPollInterval} ms`);
        return;
      }
      try {
        if ((await this.#heartbeat()) || (await this.#countsChanged())) return;
        wait = heartbeatInterval;
      } catch (thrown) {
        // A group that cannot be reached keeps its members until their sessions time out.
        if (!isRetriable(requestErrorOf(thrown)) || this.#silence() > this.#options.sessionTimeout) throw thrown;
        wait = errorPause;
      }
    }
  }

  /** Sends a heartbeat; true when the group rebalances. */
  async #heartbeat(): Promise<boolean> {
    const { group, instanceId } = this.#options;
    const { errorCode } = await this.#cluster.coordinate(
      'group',
      group,
      { codeOf },
      heartbeatV4.api,
      group,
      this.#generation,
      this.#id,
      instanceId,
    );
    if (errorCode !== codes.rebalancing) throwIf(errorCode);
    this.#lastHeartbeat = this.#cluster.clock.monotonic();
    return errorCode === codes.rebalancing;
  }

  /** The time since the last heartbeat, in ms. */
  #silence(): number {
    return this.#cluster.clock.monotonic() - this.#lastHeartbeat;
  }

  /** True when topics by which this member, as the leader, assigned have other partitions now. */
  async #countsChanged(): Promise<boolean> {
    const now = this.#cluster.clock.monotonic();
    if (this.#counts.size === 0 || now < this.#nextRefresh) return false;
    const counts = await this.#count([...this.#counts.keys()]);
    return [...this.#counts].some(([topic, count]) => counts.get(topic) !== count);
  }

  /** Returns the partition counts of topics; 0 for one that does not exist. */
  async #count(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    this.#nextRefresh = this.#cluster.clock.monotonic() + this.#options.metadataRefresh;
    const names = [...new Set(topics)];
    const found = new Map((await this.#cluster.refresh(names)).map((one) => [one.name, one.leaders.length]));
    return new Map(names.map((name) => [name, found.get(name) ?? 0]));
  }
}
