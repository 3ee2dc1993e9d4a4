import {
  type AnyProcess,
  type Change,
  type Edge,
  type Lookup,
  type NodeId,
  type PipelineEdge,
  type Row,
  rowBefore,
  type StreamRecord,
  type TableEdge,
  type TaskNode,
} from '@kstreams/core/graph';
import { sameKey } from './same-key.js';

/** Returns the edges by which a table forwards, in the order of the calls. */
const edgesFrom = (table: NodeId, nodes: readonly TaskNode[]): readonly TableEdge[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'source') return [];
    const inputs = (node.inputs as readonly Edge[]).filter((edge): edge is PipelineEdge => edge.by === 'pipeline');
    return inputs.flatMap(({ from, sideOutput }, input) =>
      from === table && sideOutput !== true ? [{ to: node.id, input }] : [],
    );
  });

/** Counts the tables that are forwarding a change, one within the other, and the changes that have reached all readers. */
export class Propagation {
  #depth = 0;
  #finished = 0;

  get isRunning(): boolean {
    return this.#depth > 0;
  }

  get finished(): number {
    return this.#finished;
  }

  begin(): void {
    this.#depth++;
  }

  end(): void {
    if (--this.#depth === 0) this.#finished++;
  }
}

/**
 * The change that a table is forwarding. Its store has the new row already, but has not forwarded it along all edges. With the
 * new row alone, a join would join a deleted row with nothing, and keep its result.
 */
export class ChangeInFlight {
  readonly #edges: readonly TableEdge[];
  readonly #propagation: Propagation;
  #key: unknown;
  #before: Row<unknown> | undefined;
  /** The number of edges that the change has entered; all of them between two changes. */
  #entered = Number.POSITIVE_INFINITY;

  constructor(table: NodeId, nodes: readonly TaskNode[], propagation: Propagation) {
    this.#edges = edgesFrom(table, nodes);
    this.#propagation = propagation;
  }

  /** Returns the process that forwards to the reader of each edge, in the order of the edges. */
  forward(readers: readonly AnyProcess[]): AnyProcess {
    return (record: StreamRecord<unknown, Change<unknown>>) => {
      const { key, value } = record;
      this.#propagation.begin();
      try {
        // An update of an old version changes no row that lookups show.
        if (value.latest) [this.#key, this.#before] = [key, rowBefore(value)];
        for (const [index, reader] of readers.entries()) {
          if (value.latest) this.#entered = index + 1;
          reader(record);
        }
      } finally {
        [this.#key, this.#before, this.#entered] = [undefined, undefined, Number.POSITIVE_INFINITY];
        this.#propagation.end();
      }
    };
  }

  /** Returns the table's rows along an edge. */
  lookup({ ahead, get }: Lookup<unknown, unknown>, along: TableEdge): Lookup<unknown, unknown> {
    const index = this.#edges.findIndex(({ input, to }) => to === along.to && input === along.input);
    return {
      get: (key) => (index >= this.#entered && sameKey(key, this.#key) ? this.#before : get(key)),
      ahead: ahead ?? get,
    };
  }
}
