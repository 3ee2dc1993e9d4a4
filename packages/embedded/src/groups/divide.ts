import { parsePartitionId, partitionId } from '@kstreams/core/graph';

/** Someone who takes part in a division. */
export interface Sharer {
  /** The topics it wants a share of. */
  readonly leaders: readonly string[];
  /** The partitions it has or was promised, by their ids; it keeps what it can. */
  readonly claims: ReadonlySet<string>;
}

/**
 * Divides the partitions of topics among those who want them: evenly, also within each topic as far as that goes, and
 * moving no more than that takes. Of several who claim a partition, the first has it.
 */
export const divide = <S extends Sharer>(
  sharers: readonly S[],
  partitionsOf: (topic: string) => number,
): ReadonlyMap<S, ReadonlySet<string>> => {
  const division = new Division(sharers);
  const topics = [...new Set(sharers.flatMap(({ leaders }) => leaders))].sort();
  const ids = topics.flatMap((topic) =>
    Array.from({ length: partitionsOf(topic) }, (_, partition) => partitionId({ topic, partition })),
  );
  const free = ids.filter((id) => {
    const keeper = division.wanting(id).find(({ claims }) => claims.has(id));
    if (keeper !== undefined) division.give(id, keeper);
    return keeper === undefined;
  });
  for (const id of free) {
    const poorest = division.poorest(id);
    if (poorest !== undefined) division.give(id, poorest);
  }
  while (division.even(ids));
  return division.shares;
};

/** A division in the making. */
class Division<S extends Sharer> {
  readonly shares: ReadonlyMap<S, Set<string>>;
  readonly #owners = new Map<string, S>();
  /** How many partitions each has of each topic. */
  readonly #counts = new Map<S, Map<string, number>>();
  readonly #wanting = new Map<string, readonly S[]>();

  constructor(sharers: readonly S[]) {
    this.shares = new Map(sharers.map((one) => [one, new Set<string>()]));
  }

  wanting(id: string): readonly S[] {
    const { topic } = parsePartitionId(id);
    const wanting =
      this.#wanting.get(topic) ?? [...this.shares.keys()].filter(({ leaders }) => leaders.includes(topic));
    this.#wanting.set(topic, wanting);
    return wanting;
  }

  give(id: string, to: S): void {
    const from = this.#owners.get(id);
    if (from !== undefined) this.#count(id, from, -1);
    this.#owners.set(id, to);
    this.#count(id, to, 1);
  }

  /** Who has least of those that want a partition; of equals, who has least of its topic. */
  poorest(id: string): S | undefined {
    const [first, ...others] = this.wanting(id);
    if (first === undefined) return undefined;
    return others.reduce((least, one) => (this.#excess(least, one, id) > 0 ? one : least), first);
  }

  /** Moves the partition that does most for evenness; false when none does anything. */
  even(ids: readonly string[]): boolean {
    let best: { id: string; to: S; excess: number } | undefined;
    for (const id of ids) {
      const owner = this.#owners.get(id);
      const to = this.poorest(id);
      if (owner === undefined || to === undefined || this.#size(owner) - this.#size(to) < 2) continue;
      const excess = this.#excess(owner, to, id);
      if (best === undefined || excess >= best.excess) best = { id, to, excess };
    }
    if (best !== undefined) this.give(best.id, best.to);
    return best !== undefined;
  }

  /** How much more one has than the other: partitions first, then those of the topic. */
  #excess(one: S, other: S, id: string): number {
    const { topic } = parsePartitionId(id);
    const ofTopic = (sharer: S): number => this.#counts.get(sharer)?.get(topic) ?? 0;
    return (this.#size(one) - this.#size(other)) * 1e6 + ofTopic(one) - ofTopic(other);
  }

  #size(sharer: S): number {
    return this.shares.get(sharer)?.size ?? 0;
  }

  #count(id: string, sharer: S, by: 1 | -1): void {
    const { topic } = parsePartitionId(id);
    const counts = this.#counts.get(sharer) ?? new Map<string, number>();
    this.#counts.set(sharer, counts.set(topic, (counts.get(topic) ?? 0) + by));
    if (by === 1) this.shares.get(sharer)?.add(id);
    else this.shares.get(sharer)?.delete(id);
  }
}
