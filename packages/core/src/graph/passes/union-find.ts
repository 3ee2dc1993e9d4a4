/** Things in groups: whatever is united, by however many steps, is in one group. */
export class Components<T> {
  readonly #parents = new Map<T, T>();

  /** Puts two things, and all that was united with either, into one group. */
  unite(one: T, other: T): void {
    const [root, otherRoot] = [this.#rootOf(one), this.#rootOf(other)];
    if (root !== otherRoot) this.#parents.set(otherRoot, root);
  }

  /** The things by their groups: groups in the order of their first things, things in the order given. */
  group<Member>(members: Iterable<Member>, thingOf: (member: Member) => T): Member[][] {
    const groups = new Map<T, Member[]>();
    for (const member of members) {
      const root = this.#rootOf(thingOf(member));
      const group = groups.get(root);
      if (group === undefined) groups.set(root, [member]);
      else group.push(member);
    }
    return [...groups.values()];
  }

  /** The thing that stands for a group; every look-up halves the way for the next. */
  #rootOf(thing: T): T {
    let current = thing;
    for (;;) {
      const parent = this.#parents.get(current);
      if (parent === undefined) return current;
      const above = this.#parents.get(parent);
      if (above !== undefined) this.#parents.set(current, above);
      current = parent;
    }
  }
}
