import { TopologyError } from '../errors.js';
import type { GraphNode } from '../node.js';
import type { AnyStoreSpec } from '../store.js';

/** Refuses two stores of one name, stores that no processor uses, and a ttl of a global table. */
export const checkStores = (nodes: readonly GraphNode[], added: Iterable<AnyStoreSpec> = []): void => {
  const specs = new Map<string, AnyStoreSpec>();
  for (const node of nodes) {
    const stores = node.kind === 'processor' ? node.stores : node.kind === 'global' ? [node.store] : [];
    for (const spec of stores) {
      if (node.kind === 'global' && spec.ttl !== undefined) throw endless(node.id);
      refuseSecond(specs.get(spec.name), spec, node.id);
      specs.set(spec.name, spec);
    }
  }
  const unused: string[] = [];
  for (const spec of added) {
    refuseSecond(specs.get(spec.name), spec);
    if (!specs.has(spec.name)) unused.push(`"${spec.name}"`);
  }
  if (unused.length > 0) {
    throw new TopologyError(`no processor uses store ${unused.join(', ')}: connect or remove it`);
  }
};

const endless = (node: string): TopologyError =>
  new TopologyError(`global table "${node}" has a ttl, but its rows follow its topic: delete them there`, { node });

const refuseSecond = (first: AnyStoreSpec | undefined, spec: AnyStoreSpec, node?: string): void => {
  if (first === undefined || first === spec) return;
  throw new TopologyError(`two stores are named "${spec.name}": rename one, or share one spec to share the store`, {
    node,
  });
};
