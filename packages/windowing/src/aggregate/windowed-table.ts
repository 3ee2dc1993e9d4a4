import type { EmitOptions, Table, TableRows, WindowFacts } from '@kstreams/core/dsl';
import {
  type Edge,
  type NodeId,
  type ProcessorNode,
  type Serde,
  sinkNode,
  type Topic,
  type TopologyBuilder,
} from '@kstreams/core/graph';
import { type Windowed, windowed } from '../keys/windowed.js';
import { windowStore } from '../stores/window-store.js';
import type { Aggregation, WindowKind } from './window-kind.js';
import { lateNode, windowNode } from './window-node.js';

/** The rows of a windowed table, the facts of its windows and its emit strategy. */
type WindowedRows = TableRows & WindowFacts & EmitOptions;

/** The beginning of a windowed aggregation, of one stream or several. */
export interface WindowedStep<K> {
  readonly id: NodeId;
  readonly named: boolean;
  readonly inputs: readonly Edge[];
  readonly key: Serde<K>;
  readonly graph: TopologyBuilder;
  /** Appends the node and returns its table. */
  readonly table: <A, D extends null>(
    node: ProcessorNode,
    key: Serde<Windowed<K>>,
    value: Serde<A>,
    rows: WindowedRows,
  ) => Table<Windowed<K>, A, D>;
}

/** Appends a windowed aggregation, and the sink of its late records if there is a topic for them. */
export const appendWindowedTable = <K, A, D extends null>(
  step: WindowedStep<K>,
  kind: WindowKind,
  value: Serde<A>,
  aggregations: readonly Aggregation<K, never, A>[],
): Table<Windowed<K>, A, D> => {
  const { graph, id, inputs, key, named } = step;
  const { by, closeRetained, emit, emitStrategy, grace, idleAfter, indexed, late, retention, wallClock } = kind;
  const closes = emit === 'on-close';
  const store = windowStore<K, A>(id, { key, value, retention, by, indexed, closes, closeRetained, named });
  const node = windowNode({ id, kind, inputs, store, aggregations: aggregations as Aggregation<K, unknown, A>[] });
  const closesWithoutRecords = idleAfter !== undefined || wallClock !== undefined;
  const table = step.table<A, D>(node, windowed(key), value, {
    store,
    grace,
    closesWithoutRecords,
    emit: emitStrategy,
  });
  if (late !== undefined) {
    graph.append(sinkNode(lateNode(id), [{ by: 'pipeline', from: id, sideOutput: true }], late as Topic<never, never>));
  }
  return table;
};
