/** A member of a modelled group. */
export interface StickyMember {
  /** Its member id. Members with equally many partitions take turns in the order of their ids. */
  readonly id: string;
  /** The partitions that it holds. */
  readonly owned: ReadonlySet<number>;
}

/**
 * Returns the partitions of a topic that the cooperative-sticky assignor of librdkafka 2.15 gives to members that subscribe to
 * that topic only. Partitions that change hands are in no share: their owner gives them up first, and the members join again.
 */
export const cooperativeSticky = (
  members: readonly StickyMember[],
  partitions: number,
): ReadonlyMap<string, ReadonlySet<number>> => {
  const before = new Map(members.flatMap(({ id, owned }) => [...owned].map((partition) => [partition, id])));
  const target = new StickyAssignment(members, partitions).balanced();
  return new Map(
    [...target].map(([id, share]) => [id, new Set([...share].filter((one) => (before.get(one) ?? id) === id))]),
  );
};

/** An assignment under construction. */
class StickyAssignment {
  readonly #partitions: number;
  readonly #shares: Map<string, Set<number>>;
  readonly #owners = new Map<number, string>();
  readonly #byLoad: LoadQueue;

  constructor(members: readonly StickyMember[], partitions: number) {
    this.#partitions = partitions;
    this.#shares = new Map(members.map(({ id, owned }) => [id, new Set(owned)]));
    for (const { id, owned } of members) for (const one of owned) this.#owners.set(one, id);
    this.#byLoad = new LoadQueue(members.map(({ id, owned }) => [id, owned.size]));
  }

  balanced(): ReadonlyMap<string, ReadonlySet<number>> {
    const candidates = this.#candidates();
    const free: number[] = [];
    for (let one = this.#partitions - 1; one >= 0; one--) if (!this.#owners.has(one)) free.push(one);
    // A group without any assignment gets its partitions in ascending order, any other in descending order.
    if (candidates.length === 0) free.reverse();
    for (const one of free) this.#give(one, this.#byLoad.least);
    for (const one of [...free, ...candidates, ...free]) {
      if (this.#byLoad.spread < 2) break;
      const owner = this.#owners.get(one) as string;
      if (this.#byLoad.load(owner) > this.#byLoad.load(this.#byLoad.least) + 1) this.#give(one, this.#byLoad.least);
    }
    return this.#shares;
  }

  /** The held partitions in the order in which they may move: the lowest of the member that then has the most, in turns. */
  #candidates(): number[] {
    const left = new Map([...this.#shares].map(([id, share]) => [id, [...share].sort((a, b) => b - a)]));
    const queue = new LoadQueue([...left].map(([id, share]) => [id, share.length]));
    const order: number[] = [];
    while (queue.load(queue.most) > 0) {
      const id = queue.most;
      order.push(left.get(id)?.pop() as number);
      queue.change(id, -1);
    }
    return order;
  }

  #give(partition: number, to: string): void {
    const from = this.#owners.get(partition);
    if (from !== undefined) {
      this.#shares.get(from)?.delete(partition);
      this.#byLoad.change(from, -1);
    }
    this.#owners.set(partition, to);
    this.#shares.get(to)?.add(partition);
    this.#byLoad.change(to, 1);
  }
}

/** Ids by the number of their partitions, those with equally many in the order of their names. */
class LoadQueue {
  readonly #loads: Map<string, number>;
  readonly #sorted: string[];

  constructor(loads: readonly (readonly [string, number])[]) {
    this.#loads = new Map(loads);
    this.#sorted = [...this.#loads.keys()].sort((a, b) => this.#compare(a, b));
  }

  get least(): string {
    return this.#sorted[0] as string;
  }

  get most(): string {
    return this.#sorted.at(-1) as string;
  }

  /** The difference between the largest and the smallest load. */
  get spread(): number {
    return this.load(this.most) - this.load(this.least);
  }

  load(id: string): number {
    return this.#loads.get(id) ?? 0;
  }

  change(id: string, by: 1 | -1): void {
    this.#sorted.splice(this.#indexOf(id), 1);
    this.#loads.set(id, this.load(id) + by);
    this.#sorted.splice(this.#indexOf(id), 0, id);
  }

  /** Returns the index of an id, or the one where it belongs. */
  #indexOf(id: string): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.#sorted[middle] as string, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(a: string, b: string): number {
    return this.load(a) - this.load(b) || (a < b ? -1 : a > b ? 1 : 0);
  }
}
