import type { ChainPosition, EmitOptions, Table, TableRows } from '@kstreams/core/dsl';
import {
  type Edge,
  type NodeId,
  type ProcessorNode,
  type Serde,
  sinkNode,
  type Topic,
  type TopologyBuilder,
} from '@kstreams/core/graph';
import { windowStore } from './stores/window-store.js';
import type { Aggregation, WindowKind } from './window-kind.js';
import { lateNode, windowNode } from './window-node.js';
import { type Windowed, windowed } from './windowed.js';

/** Where the rows of a windowed table are, how long after a window's end they may change, in ms, and when it says so. */
type WindowedRows = TableRows & Pick<ChainPosition, 'grace'> & EmitOptions;

/** The step of a windowed aggregation, begun. */
export interface WindowStep<K> {
  readonly id: NodeId;
  readonly named: boolean;
  readonly inputs: readonly Edge[];
  readonly key: Serde<K>;
  readonly graph: TopologyBuilder;
  /** Appends the node and gives its table. */
  readonly table: <A>(
    node: ProcessorNode,
    key: Serde<Windowed<K>>,
    value: Serde<A>,
    rows: WindowedRows,
  ) => Table<Windowed<K>, A>;
}

/** Appends a windowed aggregation, and the sink of its late records where they have one. */
export const windowedTable = <K, A>(
  step: WindowStep<K>,
  kind: WindowKind,
  value: Serde<A>,
  aggregations: readonly Aggregation<K, never, A>[],
): Table<Windowed<K>, A> => {
  const { graph, id, inputs, key, named } = step;
  const { by, emission, emit, finds, grace, late, retention } = kind;
  const closes = emit === 'on-close' && kind.closes;
  const store = windowStore<K, A>(id, { key, value, retention, by, finds, closes, named });
  const node = windowNode({ id, kind, inputs, store, aggregations: aggregations as Aggregation<K, unknown, A>[] });
  const table = step.table(node, windowed(key), value, { store, grace, emit: emission });
  if (late !== undefined) {
    graph.append(sinkNode(lateNode(id), [{ by: 'pipeline', from: id, apart: true }], late as Topic<never, never>));
  }
  return table;
};
