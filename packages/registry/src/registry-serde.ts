import {
  type Bytes,
  ConfigError,
  type Coordinates,
  messageOf,
  type PayloadDecoder,
  Pending,
  type RegistrySchema,
  type SchemaSerde,
  type Serde,
  SerdeError,
  type SerdeTarget,
} from '@kstreams/core/graph';
import type { RegistryClient } from './registry-client.js';
import type { SchemaCache } from './schema-cache.js';
import type { RegistrySerdeOptions, SubjectStrategy, WrittenSchema } from './schema-registry.js';
import { framed, payloadOf, schemaIdOf } from './wire-format.js';

/** The connection that the serdes of one registry share. */
export interface Registry {
  readonly client: RegistryClient;
  readonly schemas: SchemaCache;
}

/** Returns a serde that frames the payloads of another one. */
export const registrySerde = <T>(
  serde: SchemaSerde<T>,
  { client, schemas }: Registry,
  { subject = 'topic', write = 'register' }: RegistrySerdeOptions,
): Serde<T> => {
  const ids = new Map<string, number>();
  const decoders = new Map<number, PayloadDecoder<T>>();

  const prepare = async ({ topic, part }: SerdeTarget): Promise<void> => {
    const id = await idToWrite(client, serde.schema, subjectOf(subject, topic, part, serde.recordName), write);
    const known = ids.get(topic);
    if (known !== undefined && known !== id) {
      throw new ConfigError(
        `the key and the value of topic "${topic}" have the ids ${known} and ${id}: use two serdes`,
      );
    }
    ids.set(topic, id);
  };

  const decoderOf = (id: number): PayloadDecoder<T> => {
    const known = decoders.get(id);
    if (known !== undefined) return known;
    const writer = schemas.get(id);
    if (writer === undefined) throw new Pending(schemas.fetch(id));
    if (writer.type !== serde.schema.type) {
      throw new TypeError(`schema ${id} is of type ${writer.type}, not ${serde.schema.type}`);
    }
    const decoder = serde.payloadDecoder(writer);
    decoders.set(id, decoder);
    return decoder;
  };

  return {
    name: `${serde.name} of a registry`,
    encode: (value, at) => {
      const id = ids.get(at.topic);
      // Only topics chosen per record are not prepared at the start. Their keys seldom have a schema.
      if (id === undefined) throw new Pending(prepare({ topic: at.topic, part: 'value' }));
      return framed(id, serde.encodePayload(value, at));
    },
    decode: (bytes, at) => decoded(() => decoderOf(schemaIdOf(bytes)), bytes, at),
    prepare,
    prefetch: (batch) => {
      const requests = unknownIds(batch, (id) => decoders.has(id) || schemas.get(id) !== undefined).map((id) =>
        // The record of a schema that cannot be fetched fails when it is decoded.
        schemas.fetch(id).then(undefined, () => undefined),
      );
      return requests.length === 0 ? undefined : Promise.all(requests).then(() => undefined);
    },
  };
};

const decoded = <T>(decoderFor: () => PayloadDecoder<T>, bytes: Bytes, at: Coordinates): T => {
  let decoder: PayloadDecoder<T>;
  try {
    decoder = decoderFor();
  } catch (thrown) {
    if (thrown instanceof Pending || thrown instanceof SerdeError) throw thrown;
    throw new SerdeError(messageOf(thrown), { topic: at.topic }, thrown);
  }
  return decoder(payloadOf(bytes), at);
};

const unknownIds = (batch: readonly Bytes[], isKnown: (id: number) => boolean): readonly number[] => {
  const unknown = new Set<number>();
  for (const bytes of batch) {
    if (bytes[0] !== 0 || bytes.length < 5) continue;
    const id = schemaIdOf(bytes);
    if (!isKnown(id)) unknown.add(id);
  }
  return [...unknown];
};

const subjectOf = (strategy: SubjectStrategy, topic: string, part: SerdeTarget['part'], recordName: string): string => {
  if (strategy === 'record') return recordName;
  return strategy === 'topic' ? `${topic}-${part}` : `${topic}-${recordName}`;
};

const idToWrite = async (
  client: RegistryClient,
  schema: RegistrySchema,
  subject: string,
  write: WrittenSchema,
): Promise<number> => {
  if (write === 'register') return client.register(subject, schema);
  const own = await client.find(subject, schema);
  const expected = write === 'latest' ? (await client.latest(subject))?.id : write;
  if (own !== undefined && own.id === expected) return expected;
  const has = own === undefined ? 'does not have' : `has as ${own.id}`;
  const wanted = write === 'latest' ? `whose latest version is ${expected ?? 'none'}` : `where ${write} is expected`;
  throw new ConfigError(
    `subject "${subject}" ${has} the schema of the code, ${wanted}: register it, or change the code to the expected one`,
  );
};
