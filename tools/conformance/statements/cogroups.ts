import { SessionCogroup } from '@kstreams/windowing';
import { type CogroupedStream, type GroupedStream, string } from 'kstreams';
import { merged, textOf, type Value } from '../functions/index.js';
import type { Any } from './building.js';

type Group = GroupedStream<Any, Any>;

/**
 * Groups that share an aggregate. The vectors give the initial value last, the public API first: so it is built then.
 */
export class Cogroup {
  readonly members: readonly (readonly [group: Group, tag: string])[];
  readonly #windows: Any;

  constructor(members: Cogroup['members'], windows?: Any) {
    this.members = members;
    this.#windows = windows;
  }

  window(windows: Any): Cogroup {
    return new Cogroup(this.members, windows);
  }

  aggregate(init: string, options: { readonly name?: string }): Any {
    const [[first, tag], ...others] = this.members as [Cogroup['members'][number], ...Cogroup['members']];
    const begun: CogroupedStream<Any, Any, string> = first.cogroup(() => init, adding(tag));
    const all = others.reduce((group, [other, of]) => group.cogroup(other, adding(of)), begun);
    const named = { ...options, value: string };
    if (this.#windows === undefined) return all.aggregate(named);
    const cut: Any = all.window(this.#windows);
    return cut instanceof SessionCogroup ? cut.aggregate(merged, named) : cut.aggregate(named);
  }
}

const adding =
  (tag: string) =>
  (aggregate: string, value: Value): string =>
    `${aggregate}${tag}${textOf(value)}`;
