import { ConfigError } from '../graph/errors.js';
import type { Edge, NodeId } from '../graph/node.js';
import type { AnySerde } from '../graph/serde.js';
import type { AnyStoreSpec } from '../graph/store.js';
import type { TopologyBuilder } from '../graph/topology-builder.js';
import type { JoinCondition } from './join-condition.js';

/** The state that all steps of one application share. */
export interface Chain {
  readonly graph: TopologyBuilder;
  readonly defaults: { readonly key?: AnySerde; readonly value?: AnySerde };
  /** The condition of joins with a table that name none. */
  readonly joinCondition: JoinCondition | undefined;
  /** Creates a stream at a position. Tables call it, since `stream.ts` imports `table.ts`, and cast the result. */
  readonly openStream: (position: ChainPosition) => unknown;
}

/** A serde if it is known, else the step that made it unknown. */
export interface KnownSerde {
  readonly serde?: AnySerde;
  readonly changedBy?: NodeId;
}

/** The output of a node while the chain is built: the state of a stream or table object. */
export interface ChainPosition {
  readonly chain: Chain;
  readonly node: NodeId;
  readonly key: KnownSerde;
  readonly value: KnownSerde;
  /** True when equal keys are in one partition. */
  readonly partitioned: boolean;
  /** Behind a windowed step: how long after its end a window may still change, in ms. */
  readonly grace?: number;
  /** Behind a windowed step: true when its windows also close without a later record. */
  readonly closesWithoutRecords?: boolean;
}

/** The facts of a windowed step that steps behind it need. */
export type WindowFacts = Pick<ChainPosition, 'grace' | 'closesWithoutRecords'>;

/** The store and history of a table's rows. */
export interface TableRows {
  /** Undefined when the rows are not kept. */
  readonly store?: AnyStoreSpec;
  /** The time that old versions of rows are kept, in ms; undefined when only the newest version is. */
  readonly history?: number;
  /** True when changes include updates of old versions: with a history, and behind one in steps that compute row by row. */
  readonly versioned?: boolean;
  /** Maps the stored values to those of the table, for views; undefined when they are the same. */
  readonly result?: (stored: never) => unknown;
}

/** Returns the id of a new step, and whether the user chose it. */
export const stepName = (chain: Chain, operator: string, name: string | undefined): { id: NodeId; named: boolean } => ({
  id: name ?? chain.graph.nextId(operator),
  named: name !== undefined,
});

/**
 * Refuses a stream or table of another application as the input of a step.
 *
 * @throws ConfigError naming both applications.
 */
export const refuseForeign = (step: string, { chain }: ChainPosition, other: ChainPosition): void => {
  if (other.chain === chain) return;
  const [own, foreign] = [chain.graph.name, other.chain.graph.name];
  const owner = own === foreign ? `another application named "${foreign}"` : `application "${foreign}"`;
  throw new ConfigError(
    `${step} in application "${own}" takes "${other.node}" of ${owner}: read both inputs in one application`,
  );
};

/** Returns the position with other serdes. */
export const withSerdes = (
  position: ChainPosition,
  { key, value }: { readonly key?: AnySerde; readonly value?: AnySerde },
): ChainPosition => ({
  ...position,
  key: key === undefined ? position.key : { serde: key },
  value: value === undefined ? position.value : { serde: value },
});

/**
 * Returns the serde of a position's keys or values.
 *
 * @throws ConfigError when no serde is known and the application has no default.
 */
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

/**
 * Returns the serde of the records that a step makes: the one given in its options, else the application's default.
 *
 * @throws ConfigError when there is neither.
 */
export const resultSerde = (
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

/** Returns an edge that brings equal keys together: a pipeline where they already are, else through a repartition topic. */
export const keyedEdge = (position: ChainPosition, step: NodeId, named: boolean, what = ''): Edge => {
  const { node, partitioned } = position;
  if (partitioned) return { by: 'pipeline', from: node };
  const key = serdeOf(position, 'key', step, `${what}key`);
  const value = serdeOf(position, 'value', step, `${what}value`);
  return { by: 'repartition', from: node, repartition: { name: step, key, value, named } };
};
