/** Serdes that load schemas, as those of a schema registry do. */
import type { Random } from '@kstreams/simulation';
import type { Serde, Topology } from 'kstreams';
import { type Bytes, type GraphNode, Pending } from 'kstreams/authors';

/** Begins to load a value; returns undefined when it is loaded already. */
type Load = () => Promise<void> | undefined;

/** The schemas of a topology. */
export interface Schemas {
  /** The number of schemas; the bytes of a value decide which one it has. */
  readonly ids: number;
  /** True to load the schemas of polled records, and those of topics at the start. */
  readonly ahead: boolean;
  /** True when keys have schemas too. */
  readonly keys: boolean;
}

/** Draws the schemas of a topology. */
export const randomSchemas = (random: Random): Schemas => ({
  ids: random.pick([2, 20, 200]),
  ahead: random.chance(0.3),
  keys: random.chance(0.3),
});

/** Returns the topology with serdes at its sources and sinks that load schemas. */
export const withSchemas = ({ name, nodes }: Topology, schemas: Schemas, load: Load): Topology => {
  const loading = loadsOf(load);
  const change = (node: GraphNode): GraphNode => {
    if (node.kind === 'processor' || node.kind === 'global') return node;
    const value = schemaSerde(node.value, schemas, loading);
    return { ...node, value, ...(schemas.keys && { key: schemaSerde(node.key, schemas, loading) }) } as GraphNode;
  };
  return { name, nodes: nodes.map(change) };
};

/** Returns the load of a schema, once at a time; undefined for a loaded one. */
const loadsOf = (load: Load) => {
  const loaded = new Set<string>();
  const loads = new Map<string, Promise<void>>();
  return (id: string): Promise<void> | undefined => {
    if (loaded.has(id)) return undefined;
    const begun = loads.get(id) ?? load();
    if (begun === undefined || loads.has(id)) return begun;
    const ended = begun.then(() => void loaded.add(id)).finally(() => loads.delete(id));
    loads.set(id, ended);
    return ended;
  };
};

const schemaSerde = (
  serde: Serde<unknown>,
  { ahead, ids }: Schemas,
  loading: (id: string) => Promise<void> | undefined,
): Serde<unknown> => {
  const need = (id: string): void => {
    const until = loading(id);
    if (until !== undefined) throw new Pending(until);
  };
  const idOf = (bytes: Bytes): string => `${bytes.reduce((hash, byte) => (hash * 31 + byte) % 65_521, 7) % ids}`;
  return {
    ...serde,
    encode: (value, at) => {
      need(at.topic);
      return serde.encode(value, at);
    },
    decode: (bytes, at) => {
      need(idOf(bytes));
      return serde.decode(bytes, at);
    },
    prepare: async ({ topic }) => {
      if (ahead) await loading(topic);
    },
    prefetch: (batch) => {
      const loads = ahead ? batch.flatMap((bytes) => loading(idOf(bytes)) ?? []) : [];
      return loads.length === 0 ? undefined : Promise.all(loads).then(() => {});
    },
  };
};
