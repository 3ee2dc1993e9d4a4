import type { Clock } from '@kstreams/core/graph';
import { divide, type Sharer } from './divide.js';

/** How long a group waits for its members, in ms. */
export interface GroupTimeouts {
  /** How long a member may go without polling before its partitions are given to others. */
  readonly poll: number;
  /** How long the partitions of a closed member with an instance id wait for it to come back. */
  readonly session: number;
}

/** A member, as the group reaches it. */
export interface Member {
  readonly leaders: readonly string[];
  readonly instanceId: string | undefined;
  /** Ends a pending sleep, so that the member looks at its share again. */
  notify(): void;
}

/** A place in a group: a member's, or kept for one that has an instance id and may come back. */
export class Seat implements Sharer {
  readonly instanceId: string | undefined;
  leaders: readonly string[];
  /** Who sits here; nobody while the member is away, and for good once the seat was taken from it. */
  member: Member | undefined;
  /** The partitions that were given to the member and not let go of. */
  readonly owned = new Set<string>();
  /** The partitions that are its own, now or when others have let go of them. */
  target: ReadonlySet<string> = new Set();
  /** When the member was last seen polling; `Infinity` while it waits in a poll. */
  seen: number;
  claims: ReadonlySet<string> = new Set();

  constructor(member: Member, now: number) {
    this.member = member;
    this.leaders = member.leaders;
    this.instanceId = member.instanceId;
    this.seen = now;
  }
}

/**
 * Divides partitions among members. When members or topics come and go it is decided anew who is to have what; what stays
 * goes on, and what moves is free for its new owner only once the former let go of it.
 */
export class Group {
  readonly #partitionsOf: (topic: string) => number;
  readonly #clock: Clock;
  readonly #timeouts: GroupTimeouts;
  readonly #seats: Seat[] = [];

  constructor(partitionsOf: (topic: string) => number, clock: Clock, timeouts: GroupTimeouts) {
    this.#partitionsOf = partitionsOf;
    this.#clock = clock;
    this.#timeouts = timeouts;
  }

  /** True when nobody is a member, so that a consumer from outside may commit. */
  get empty(): boolean {
    return this.#seats.length === 0;
  }

  /** Gives a member a seat: the one kept for its instance id, even if another still sits there, or a new one. */
  join(member: Member): Seat {
    const { instanceId, leaders } = member;
    const kept = instanceId === undefined ? undefined : this.#seats.find((seat) => seat.instanceId === instanceId);
    if (kept === undefined) {
      const seat = new Seat(member, this.#clock.now());
      this.#seats.push(seat);
      this.rebalance();
      return seat;
    }
    const same = leaders.join() === kept.leaders.join();
    kept.member?.notify();
    kept.member = member;
    kept.leaders = leaders;
    kept.seen = this.#clock.now();
    kept.owned.clear();
    if (!same) this.rebalance();
    return kept;
  }

  /** Lets a member go. One with an instance id may come back to what it had. */
  leave(seat: Seat): void {
    seat.owned.clear();
    if (seat.instanceId === undefined) this.#remove([seat]);
    else {
      seat.member = undefined;
      seat.seen = this.#clock.now();
    }
  }

  /** What the member of a seat has to give up, and what it may take now. */
  share(seat: Seat): { readonly revoked: readonly string[]; readonly assigned: readonly string[] } {
    this.#expire(seat);
    const taken = new Set(this.#seats.flatMap(({ owned }) => [...owned]));
    return {
      revoked: [...seat.owned].filter((id) => !seat.target.has(id)),
      assigned: [...seat.target].filter((id) => !taken.has(id)),
    };
  }

  /** The member of a seat has let go of partitions; others may take them. */
  release(seat: Seat, ids: readonly string[]): void {
    for (const id of ids) seat.owned.delete(id);
    this.#notifyAll();
  }

  /** Decides who is to have what: members, their topics or the topics' partitions have changed. */
  rebalance(): void {
    const owned = new Set(this.#seats.flatMap((seat) => [...seat.owned]));
    for (const seat of this.#seats) {
      seat.claims = new Set([...seat.owned, ...[...seat.target].filter((id) => !owned.has(id))]);
    }
    for (const [seat, target] of divide(this.#seats, this.#partitionsOf)) seat.target = target;
    this.#notifyAll();
  }

  /** Takes the seats of members that did not poll for too long, and those that were kept for long enough. */
  #expire(asking: Seat): void {
    const now = this.#clock.now();
    const { poll, session } = this.#timeouts;
    this.#remove(
      this.#seats.filter((one) => one !== asking && now - one.seen >= (one.member === undefined ? session : poll)),
    );
  }

  #remove(seats: readonly Seat[]): void {
    if (seats.length === 0) return;
    for (const seat of seats) {
      seat.member = undefined;
      seat.owned.clear();
      this.#seats.splice(this.#seats.indexOf(seat), 1);
    }
    this.rebalance();
  }

  #notifyAll(): void {
    for (const { member } of this.#seats) member?.notify();
  }
}
