import { ConfigError } from '../graph/errors.js';
import type { Edge, NodeId } from '../graph/node.js';
import type { AnySerde } from '../graph/serde.js';
import type { TopologyBuilder } from '../graph/topology-builder.js';
import type { Match } from './match.js';
import type { Stream } from './stream.js';
import type { Table, TableRows } from './table.js';

/** What all parts of one chain share. */
export interface Chain {
  readonly graph: TopologyBuilder;
  readonly defaults: { readonly key?: AnySerde; readonly value?: AnySerde };
  /** How a stream or a table meets a table when the call does not say. */
  readonly match: Match | undefined;
  /** Opens a position as a stream; handed in, since streams make tables and tables make streams. */
  readonly stream: <K, V>(position: ChainPosition) => Stream<K, V>;
  /** Opens a position as a table. */
  readonly table: <K, V>(position: ChainPosition, rows: TableRows) => Table<K, V>;
}

/** A serde as far as it is known, and the step after which it was not known any more. */
export interface KnownSerde {
  readonly serde?: AnySerde;
  readonly changedBy?: NodeId;
}

/** Where a chain stands: all that a stream or a table holds. */
export interface ChainPosition {
  readonly chain: Chain;
  readonly node: NodeId;
  readonly key: KnownSerde;
  readonly value: KnownSerde;
  /** Whether equal keys are in one partition. */
  readonly partitioned: boolean;
  /** Behind a windowed step: how long after its end a window may still change, in ms. */
  readonly grace?: number;
}

/** The name of a new step, and whether the user chose it. */
export const stepName = (chain: Chain, operator: string, name: string | undefined): { id: NodeId; named: boolean } => ({
  id: name ?? chain.graph.nextId(operator),
  named: name !== undefined,
});

/** The position with serdes of the user's choice. */
export const positionWith = (
  position: ChainPosition,
  { key, value }: { readonly key?: AnySerde; readonly value?: AnySerde },
): ChainPosition => ({
  ...position,
  key: key === undefined ? position.key : { serde: key },
  value: value === undefined ? position.value : { serde: value },
});

/** The serde of a position's keys or values, which a step cannot do without. */
export const serdeOf = (
  position: ChainPosition,
  part: 'key' | 'value',
  step: string,
  what: string = part,
): AnySerde => {
  const serde = position[part].serde ?? position.chain.defaults[part];
  if (serde !== undefined) return serde;
  const changedBy = position[part].changedBy ?? position.node;
  throw new ConfigError(
    `${step} needs a serde for the ${what} (changed by ${changedBy}): add { ${part} } there or .with({ ${part} }) before it`,
  );
};

/** The serde of what a step itself makes: the one given with the call, else the application's. */
export const madeSerde = (
  { defaults }: Chain,
  given: AnySerde | undefined,
  part: 'key' | 'value',
  step: string,
  what: string,
): AnySerde => {
  const serde = given ?? defaults[part];
  if (serde !== undefined) return serde;
  throw new ConfigError(
    `${step} needs a serde for the ${what}: add { ${part} } to the call, or { defaults: { ${part} } } to streams(…)`,
  );
};

/** An edge on which equal keys meet: straight on where they are together already, else through a topic. */
export const keyedEdge = (position: ChainPosition, step: NodeId, named: boolean, what = ''): Edge => {
  const { node, partitioned } = position;
  if (partitioned) return { by: 'pipeline', from: node };
  const key = serdeOf(position, 'key', step, `${what}key`);
  const value = serdeOf(position, 'value', step, `${what}value`);
  return { by: 'repartition', from: node, repartition: { name: step, key, value, named } };
};
