import type { Clock, GroupMember } from '@kstreams/core/graph';
import { assignPartitions, type Claimant } from './assign-partitions.js';

/** Timeouts of group members, in ms. */
export interface GroupTimeouts {
  /** Time without a poll after which a member loses its partitions. */
  readonly poll: number;
  /** Time that the partitions of a closed member with an instance id are kept for it. */
  readonly session: number;
}

/** A member as the group sees it. */
export interface Member {
  readonly topics: readonly string[];
  readonly instanceId: string | undefined;
  /** The name and the label that other members see. */
  readonly identity: GroupMember;
  /** Returns the offset from which the member began to read a partition; `undefined` when it does not. */
  begin(partition: string): number | undefined;
  /** Wakes the member's poll after a rebalance. */
  notify(): void;
}

/** State of one member; it outlives the member when that has an instance id and may come back. */
export class MemberSlot implements Claimant {
  readonly instanceId: string | undefined;
  topics: readonly string[];
  /** The member; `undefined` while it is away, and once it is removed from the group. */
  member: Member | undefined;
  /** Partitions that the member holds. */
  readonly owned = new Set<string>();
  /** Partitions assigned to it; others may still hold some of them. */
  target: ReadonlySet<string> = new Set();
  /** Monotonic time of the last poll, in ms; `Infinity` while one is waiting. */
  seen: number;
  claims: ReadonlySet<string> = new Set();

  constructor(member: Member, now: number) {
    this.member = member;
    this.topics = member.topics;
    this.instanceId = member.instanceId;
    this.seen = now;
  }
}

/**
 * A consumer group with cooperative rebalancing. Changes of members or topics start a rebalance: partitions that stay are
 * not interrupted, and a partition that moves is assigned only once its former owner has released it.
 */
export class Group {
  readonly #partitionsOf: (topic: string) => number;
  readonly #clock: Clock;
  readonly #timeouts: GroupTimeouts;
  readonly #slots: MemberSlot[] = [];

  constructor(partitionsOf: (topic: string) => number, clock: Clock, timeouts: GroupTimeouts) {
    this.#partitionsOf = partitionsOf;
    this.#clock = clock;
    this.#timeouts = timeouts;
  }

  /** True without members; consumers outside the group may commit then. */
  get empty(): boolean {
    return this.#slots.length === 0;
  }

  /** The members that are present. */
  get members(): readonly GroupMember[] {
    return this.#slots.flatMap(({ member }) => member?.identity ?? []);
  }

  /** Returns the offset from which a member began to read a partition; `undefined` when none does. */
  begin(partition: string): number | undefined {
    for (const { member } of this.#slots) {
      const begin = member?.begin(partition);
      if (begin !== undefined) return begin;
    }
    return undefined;
  }

  /** Adds a member. An instance id takes over its kept slot, even from a member that is still there. */
  join(member: Member): MemberSlot {
    const { instanceId, topics } = member;
    const kept = instanceId === undefined ? undefined : this.#slots.find((slot) => slot.instanceId === instanceId);
    if (kept === undefined) {
      const slot = new MemberSlot(member, this.#clock.monotonic());
      this.#slots.push(slot);
      this.rebalance();
      return slot;
    }
    const same = topics.join() === kept.topics.join();
    kept.member?.notify();
    kept.member = member;
    kept.topics = topics;
    kept.seen = this.#clock.monotonic();
    kept.owned.clear();
    if (!same) this.rebalance();
    return kept;
  }

  /** Removes a member. The slot of one with an instance id is kept for the session timeout. */
  leave(slot: MemberSlot): void {
    slot.owned.clear();
    if (slot.instanceId === undefined) this.#remove([slot]);
    else {
      slot.member = undefined;
      slot.seen = this.#clock.monotonic();
    }
  }

  /** Returns the partitions that a member must give up and those that it may take now. */
  share(slot: MemberSlot): { readonly revoked: readonly string[]; readonly assigned: readonly string[] } {
    this.#expire(slot);
    const taken = new Set(this.#slots.flatMap(({ owned }) => [...owned]));
    return {
      revoked: [...slot.owned].filter((id) => !slot.target.has(id)),
      assigned: [...slot.target].filter((id) => !taken.has(id)),
    };
  }

  /** Frees partitions that a member has given up. */
  release(slot: MemberSlot, ids: readonly string[]): void {
    for (const id of ids) slot.owned.delete(id);
    this.#notifyAll();
  }

  /** Reassigns partitions after members, their topics or partitions have changed. */
  rebalance(): void {
    const owned = new Set(this.#slots.flatMap((slot) => [...slot.owned]));
    for (const slot of this.#slots) {
      slot.claims = new Set([...slot.owned, ...[...slot.target].filter((id) => !owned.has(id))]);
    }
    for (const [slot, target] of assignPartitions(this.#slots, this.#partitionsOf)) slot.target = target;
    this.#notifyAll();
  }

  /** Removes members and kept slots whose timeout has passed. */
  #expire(except: MemberSlot): void {
    const now = this.#clock.monotonic();
    const { poll, session } = this.#timeouts;
    this.#remove(
      this.#slots.filter((one) => one !== except && now - one.seen >= (one.member === undefined ? session : poll)),
    );
  }

  #remove(slots: readonly MemberSlot[]): void {
    if (slots.length === 0) return;
    for (const slot of slots) {
      slot.member = undefined;
      slot.owned.clear();
      this.#slots.splice(this.#slots.indexOf(slot), 1);
    }
    this.rebalance();
  }

  #notifyAll(): void {
    for (const { member } of this.#slots) member?.notify();
  }
}
