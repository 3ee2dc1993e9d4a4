import { partitionId } from './partition-id.js';

/** A member of a group, as the group sees it. */
export interface Member {
  readonly leaders: readonly string[];
  /** The partitions it has now, by their ids. */
  readonly owned: Set<string>;
  /** Ends a pending poll, in which the member looks at its share again. */
  rouse(): void;
}

/**
 * Divides partitions among members: evenly, moving as few as it can. A partition that moves is free only once its former
 * owner let go of it.
 */
export class Group {
  readonly #partitionsOf: (topic: string) => number;
  readonly #members: Member[] = [];

  constructor(partitionsOf: (topic: string) => number) {
    this.#partitionsOf = partitionsOf;
  }

  join(member: Member): void {
    this.#members.push(member);
    this.wakeAll();
  }

  leave(member: Member): void {
    member.owned.clear();
    const at = this.#members.indexOf(member);
    if (at >= 0) this.#members.splice(at, 1);
    this.wakeAll();
  }

  wakeAll(): void {
    for (const member of this.#members) member.rouse();
  }

  /** What a member has to give up, and what it may take now. */
  share(member: Member): { readonly revoked: readonly string[]; readonly assigned: readonly string[] } {
    const target = this.#targets().get(member) ?? new Set<string>();
    const taken = new Set(this.#members.flatMap((other) => [...other.owned]));
    return {
      revoked: [...member.owned].filter((id) => !target.has(id)),
      assigned: [...target].filter((id) => !taken.has(id)),
    };
  }

  #targets(): ReadonlyMap<Member, ReadonlySet<string>> {
    const topics = [...new Set(this.#members.flatMap(({ leaders }) => leaders))].sort();
    const ids = topics.flatMap((topic) =>
      Array.from({ length: this.#partitionsOf(topic) }, (_, partition) => partitionId({ topic, partition })),
    );
    const most = Math.ceil(ids.length / Math.max(1, this.#members.length));
    const targets = new Map(
      this.#members.map((member) => [
        member,
        new Set([...member.owned].filter((id) => ids.includes(id)).slice(0, most)),
      ]),
    );
    const free = ids.filter((id) => ![...targets.values()].some((target) => target.has(id)));
    for (const id of free) {
      const [fewest] = [...targets.values()].sort((a, b) => a.size - b.size);
      fewest?.add(id);
    }
    for (;;) {
      const bySize = [...targets.values()].sort((a, b) => a.size - b.size);
      const [least, greatest] = [bySize[0], bySize.at(-1)];
      if (least === undefined || greatest === undefined || greatest.size - least.size < 2) return targets;
      const moved = [...greatest].at(-1) as string;
      greatest.delete(moved);
      least.add(moved);
    }
  }
}
