import { parsePartitionId, partitionId } from '@kstreams/core/graph';

/** A participant in an assignment. */
export interface Claimant {
  /** Topics it subscribes to. */
  readonly topics: readonly string[];
  /** Ids of the partitions that it holds or was promised, kept where possible. */
  readonly claims: ReadonlySet<string>;
}

/**
 * Assigns partitions to subscribers, evenly overall and then per topic, with the fewest moves that this takes (a sticky
 * assignor). A partition with several claims goes to the first.
 */
export const assignPartitions = <S extends Claimant>(
  claimants: readonly S[],
  partitionsOf: (topic: string) => number,
): ReadonlyMap<S, ReadonlySet<string>> => {
  const assignment = new Assignment(claimants);
  const subscribed = [...new Set(claimants.flatMap(({ topics }) => topics))].sort();
  const ids = subscribed.flatMap((topic) =>
    Array.from({ length: partitionsOf(topic) }, (_, partition) => partitionId({ topic, partition })),
  );
  const free = ids.filter((id) => {
    const keeper = assignment.wanting(id).find(({ claims }) => claims.has(id));
    if (keeper !== undefined) assignment.give(id, keeper);
    return keeper === undefined;
  });
  for (const id of free) {
    const leastLoaded = assignment.leastLoaded(id);
    if (leastLoaded !== undefined) assignment.give(id, leastLoaded);
  }
  while (assignment.even(ids));
  return assignment.shares;
};

/** An assignment under construction. */
class Assignment<S extends Claimant> {
  readonly shares: ReadonlyMap<S, Set<string>>;
  readonly #owners = new Map<string, S>();
  /** Number of partitions by owner and topic. */
  readonly #counts = new Map<S, Map<string, number>>();
  readonly #wanting = new Map<string, readonly S[]>();

  constructor(claimants: readonly S[]) {
    this.shares = new Map(claimants.map((one) => [one, new Set<string>()]));
  }

  wanting(id: string): readonly S[] {
    const { topic } = parsePartitionId(id);
    const wanting = this.#wanting.get(topic) ?? [...this.shares.keys()].filter(({ topics }) => topics.includes(topic));
    this.#wanting.set(topic, wanting);
    return wanting;
  }

  give(id: string, to: S): void {
    const from = this.#owners.get(id);
    if (from !== undefined) this.#count(id, from, -1);
    this.#owners.set(id, to);
    this.#count(id, to, 1);
  }

  /** Returns the subscriber with the fewest partitions; among equals, with the fewest of the topic. */
  leastLoaded(id: string): S | undefined {
    const [first, ...others] = this.wanting(id);
    if (first === undefined) return undefined;
    return others.reduce((least, one) => (this.#excess(least, one, id) > 0 ? one : least), first);
  }

  /** Moves the partition that evens out the most; returns false when no move helps. */
  even(ids: readonly string[]): boolean {
    let best: { id: string; to: S; excess: number } | undefined;
    for (const id of ids) {
      const owner = this.#owners.get(id);
      const to = this.leastLoaded(id);
      if (owner === undefined || to === undefined || this.#size(owner) - this.#size(to) < 2) continue;
      const excess = this.#excess(owner, to, id);
      if (best === undefined || excess >= best.excess) best = { id, to, excess };
    }
    if (best !== undefined) this.give(best.id, best.to);
    return best !== undefined;
  }

  /** Returns the difference in load: partitions first, then those of the topic. */
  #excess(one: S, other: S, id: string): number {
    const { topic } = parsePartitionId(id);
    const ofTopic = (claimant: S): number => this.#counts.get(claimant)?.get(topic) ?? 0;
    return (this.#size(one) - this.#size(other)) * 1e6 + ofTopic(one) - ofTopic(other);
  }

  #size(claimant: S): number {
    return this.shares.get(claimant)?.size ?? 0;
  }

  #count(id: string, claimant: S, by: 1 | -1): void {
    const { topic } = parsePartitionId(id);
    const counts = this.#counts.get(claimant) ?? new Map<string, number>();
    this.#counts.set(claimant, counts.set(topic, (counts.get(topic) ?? 0) + by));
    if (by === 1) this.shares.get(claimant)?.add(id);
    else this.shares.get(claimant)?.delete(id);
  }
}
