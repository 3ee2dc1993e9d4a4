import type { Lookup, LookupEdge, LookupMode, NodeId, TaskNode } from '@kstreams/core/graph';
import { ChangeInFlight, Propagation } from './change-in-flight.js';
import { nodeContext, nothing } from './context.js';
import type { Scope } from './scope.js';
import { sideOfJoin } from './side-of-join.js';

/** The tables of a task as its nodes look them up. */
export class Lookups {
  readonly #byId: ReadonlyMap<NodeId, TaskNode>;
  readonly #scope: Scope;
  readonly #propagation = new Propagation();
  readonly #inFlight: ReadonlyMap<NodeId, ChangeInFlight>;
  readonly #tables = new Map<string, Lookup<unknown, unknown>>();
  readonly #sides = new Map<LookupEdge, ReturnType<typeof sideOfJoin>>();

  constructor(nodes: readonly TaskNode[], scope: Scope) {
    this.#byId = new Map(nodes.map((node) => [node.id, node]));
    this.#scope = scope;
    this.#inFlight = new Map(
      nodes
        .filter((node) => node.kind === 'processor' && node.partlyForwarded === true)
        .map(({ id }) => [id, new ChangeInFlight(id, nodes, this.#propagation)]),
    );
  }

  /** Returns the change in flight of a table whose lookups must not run ahead of it. */
  inFlight(table: NodeId): ChangeInFlight | undefined {
    return this.#inFlight.get(table);
  }

  /** Returns the table behind a lookup edge of a node, for its processes. */
  of(node: TaskNode, index: number): Lookup<unknown, unknown> {
    const edge = lookupEdge(node, index);
    const rows = this.#along(edge);
    return rows.ahead === undefined ? rows : this.#side(edge, rows);
  }

  /** Returns the table behind a lookup edge of a node that computes its own rows from it. */
  #below(node: TaskNode, index: number, mode: LookupMode): Lookup<unknown, unknown> {
    const edge = lookupEdge(node, index);
    if (mode === 'newest') return this.#table(edge.from, 'newest');
    const rows = this.#along(edge);
    return rows.ahead === undefined ? rows : { get: this.#side(edge, rows).get, ahead: rows.ahead };
  }

  #along({ along, from }: LookupEdge): Lookup<unknown, unknown> {
    if (along === undefined) return this.#table(from, 'newest');
    const rows = this.#table(from, 'forwarded');
    return this.inFlight(from)?.lookup(rows, along) ?? rows;
  }

  #side(edge: LookupEdge, rows: Lookup<unknown, unknown>): ReturnType<typeof sideOfJoin> {
    const side = this.#sides.get(edge) ?? sideOfJoin(rows, this.#propagation);
    this.#sides.set(edge, side);
    return side;
  }

  #table(id: NodeId, mode: LookupMode): Lookup<unknown, unknown> {
    const name = `${mode} ${id}`;
    const table = this.#tables.get(name) ?? this.#open(id, mode);
    this.#tables.set(name, table);
    return table;
  }

  #open(id: NodeId, mode: LookupMode): Lookup<unknown, unknown> {
    const node = this.#byId.get(id);
    if (node?.kind !== 'processor' || node.lookup === undefined) return this.#scope.globalLookup(id);
    return node.lookup(
      nodeContext(id, nothing, [], (index) => this.#below(node, index, mode), this.#scope),
      mode,
    );
  }
}

const lookupEdge = (node: TaskNode, index: number): LookupEdge => {
  const edges = node.kind === 'processor' ? node.inputs.filter((edge) => edge.by === 'lookup') : [];
  const edge = edges[index];
  if (edge === undefined) throw new RangeError(`node ${node.id} has no lookup edge ${index}`);
  return edge;
};
