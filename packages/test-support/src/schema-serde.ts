import { type Bytes, Pending, type Serde, toUtf8 } from '@kstreams/core/graph';

/** A fake schema registry, and a serde that loads its schemas. */
export interface SchemaSerde<T> extends Serde<T> {
  /** The ids and topics that were loaded, in order. */
  readonly loads: (number | string)[];
}

/** Options of a {@link schemaSerde}. */
export interface SchemaSerdeOptions {
  /** The id of the schema that a value is written with; 1 by default. */
  readonly idOf?: (value: unknown) => number;
  /** Resolves when a schema is loaded, or rejects; a turn of the event loop by default. */
  readonly load?: (id: number | string) => Promise<void>;
  /** False to leave out `prefetch` and `prepare` of topics at the start, so that every first use is pending. */
  readonly ahead?: boolean;
}

/**
 * Creates a serde of JSON behind one byte for the id of a schema, as schema registries do. Decoding throws `Pending` once
 * per id, encoding once per topic.
 */
export const schemaSerde = <T>({
  ahead = true,
  idOf = () => 1,
  load = () => new Promise((resolve) => void setImmediate(resolve)),
}: SchemaSerdeOptions = {}): SchemaSerde<T> => {
  const loaded = new Set<number | string>();
  const loading = new Map<number | string, Promise<void>>();
  const loads: (number | string)[] = [];
  const loadOnce = (id: number | string): Promise<void> => {
    let known = loading.get(id);
    if (known === undefined) {
      loads.push(id);
      known = load(id)
        .then(() => void loaded.add(id))
        .finally(() => loading.delete(id));
      loading.set(id, known);
    }
    return known;
  };
  const need = (id: number | string): void => {
    if (!loaded.has(id)) throw new Pending(loadOnce(id));
  };
  return {
    name: 'schema',
    loads,
    encode: (value, { topic }) => {
      need(topic);
      const text = toUtf8(JSON.stringify(value));
      const bytes = new Uint8Array(text.length + 1);
      bytes[0] = idOf(value);
      bytes.set(text, 1);
      return bytes;
    },
    decode: (bytes: Bytes) => {
      need(bytes[0] as number);
      return JSON.parse(new TextDecoder().decode(bytes.subarray(1))) as T;
    },
    prepare: async ({ topic }) => {
      if (ahead) await loadOnce(topic);
    },
    prefetch: (batch) => {
      const missing = new Set(batch.map(([id]) => id as number).filter((id) => !loaded.has(id)));
      if (!ahead || missing.size === 0) return undefined;
      return Promise.all([...missing].map(loadOnce)).then(() => {});
    },
  };
};

/** Returns a serde with the bytes of a {@link schemaSerde}, which loads nothing. */
export const rawSchemaWith = (idOf: (value: number) => number): Serde<number> => ({
  name: 'raw schema',
  encode: (value) => Uint8Array.of(idOf(value), ...toUtf8(String(value))),
  decode: (bytes) => Number(new TextDecoder().decode(bytes.subarray(1))),
});

/** The same, with the number itself as the id. */
export const rawSchema = rawSchemaWith((value) => value);
