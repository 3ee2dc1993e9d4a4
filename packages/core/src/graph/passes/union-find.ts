/** Groups of items: items that are united, directly or through others, are in one group. */
export class UnionFind<T> {
  readonly #parents = new Map<T, T>();

  /** Unites the groups of two items. */
  unite(one: T, other: T): void {
    const [root, otherRoot] = [this.#rootOf(one), this.#rootOf(other)];
    if (root !== otherRoot) this.#parents.set(otherRoot, root);
  }

  /** Returns the items by group: groups in the order of their first items, items in the given order. */
  group<Member>(members: Iterable<Member>, itemOf: (member: Member) => T): Member[][] {
    const groups = new Map<T, Member[]>();
    for (const member of members) {
      const root = this.#rootOf(itemOf(member));
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [member]);
      else group.push(member);
    }
    return [...groups.values()];
  }

  /** Returns the representative of a group and shortens the path to it. */
  #rootOf(item: T): T {
    let current = item;
    for (;;) {
      const parent = this.#parents.get(current);
      if (parent === undefined) return current;
      const above = this.#parents.get(parent);
      if (above !== undefined) this.#parents.set(current, above);
      current = parent;
    }
  }
}
