/** The types of avsc behind a schema: plain bytes, exact longs, checked arrays and maps, and logical types. */
import avsc from 'avsc';
import type { AvroSchema } from './avro-type.js';
import { CheckedArrayType, CheckedMapType } from './collection-types.js';
import type { AnyConversion, LogicalTypes } from './logical-types.js';
import { bigintLong, numberLong } from './long-types.js';
import type { ReadingTap } from './reading-tap.js';
import type { WritingTap } from './writing-tap.js';

/** Reads values from bytes: the part of avsc's types and resolvers that its declarations leave out. */
export interface ValueReader {
  _read(tap: ReadingTap): unknown;
}

/** Writes values as bytes: the part of avsc's types that its declarations leave out. */
export interface ValueWriter {
  _write(tap: WritingTap, value: unknown): void;
}

interface ResolvingType {
  createResolver(writer: avsc.Type, options?: unknown): ValueReader;
}

/** A logical type whose underlying type may evolve: avsc itself would read that with the writer's schema. */
abstract class EvolvingType extends avsc.types.LogicalType {
  protected _update(resolver: { _read: unknown }, writer: avsc.Type, options: unknown): void {
    const underlying = this.underlyingType as unknown as ResolvingType;
    const reader = underlying.createResolver(writer, options);
    resolver._read = (tap: ReadingTap) => this._fromValue(reader._read(tap));
  }
}

/** Converts the values of an underlying type. Bytes are plain `Uint8Array`s; those of avsc, such as defaults, are copied. */
const convertedType = ({ decode, encode }: AnyConversion) =>
  class ConvertedType extends EvolvingType {
    protected override _fromValue(underlying: unknown): unknown {
      return decode((Buffer.isBuffer(underlying) ? new Uint8Array(underlying) : underlying) as never);
    }

    protected override _toValue(value: unknown): unknown {
      const underlying = encode(value as never);
      if (!(underlying instanceof Uint8Array)) return underlying;
      return Buffer.from(underlying.buffer, underlying.byteOffset, underlying.byteLength);
    }
  };

const BinaryType = convertedType({
  decode: (bytes) => bytes,
  encode: (bytes: unknown) => (bytes instanceof Uint8Array ? bytes : undefined),
});

/** Reads schemas that may refer to each other. Each reader has its own names, so that versions of one type never meet. */
export class SchemaReader {
  readonly #options: Partial<avsc.ForSchemaOptions>;

  /** Without logical types, values are those of avsc, for the schema of a writer. */
  constructor(long: 'number' | 'bigint', logicalTypes?: LogicalTypes) {
    this.#options = {
      registry: { long: long === 'bigint' ? bigintLong : numberLong },
      wrapUnions: 'auto',
      omitRecordMethods: true,
      typeHook: typeHook(logicalTypes),
    };
  }

  /**
   * Returns the type of a schema.
   *
   * @throws TypeError for an invalid schema.
   */
  read(schema: AvroSchema): avsc.Type {
    if (JSON.stringify(schema).includes('"__proto__"')) throw new TypeError('no name may be "__proto__"');
    const type = avsc.Type.forSchema(schema as avsc.Schema, this.#options);
    checkArrays(type, new Set());
    return type;
  }
}

/** Refuses arrays of elements that take no bytes: a few corrupt bytes would be an array of any length. */
const checkArrays = (type: avsc.Type, seen: Set<avsc.Type>): void => {
  if (seen.has(type)) return;
  seen.add(type);
  const { itemsType } = type as Partial<avsc.types.ArrayType>;
  if (itemsType !== undefined && takesNoBytes(itemsType)) {
    throw new TypeError(
      `an array of ${itemsType.name ?? itemsType.typeName}, which takes no bytes, cannot be read safely`,
    );
  }
  for (const part of partsOf(type)) checkArrays(part, seen);
};

const takesNoBytes = (type: avsc.Type): boolean => {
  const { fields, size, underlyingType } = type as Partial<
    avsc.types.RecordType & avsc.types.FixedType & avsc.types.LogicalType
  >;
  if (underlyingType !== undefined) return takesNoBytes(underlyingType);
  if (fields !== undefined) return fields.every(({ type: part }) => takesNoBytes(part));
  return type.typeName === 'null' || size === 0;
};

const partsOf = (type: avsc.Type): readonly avsc.Type[] => {
  const {
    fields = [],
    itemsType,
    types = [],
    underlyingType,
    valuesType,
  } = type as Partial<
    avsc.types.RecordType &
      avsc.types.ArrayType &
      avsc.types.MapType &
      avsc.types.LogicalType & { readonly types: readonly avsc.Type[] }
  >;
  return [...fields.map((field) => field.type), ...types, itemsType, valuesType, underlyingType].filter(
    (part) => part !== undefined,
  );
};

/** Returns a hook that checks arrays and maps, and converts bytes and the types with a known logical type if those are given. */
const typeHook = (logicalTypes: LogicalTypes | undefined): avsc.ForSchemaOptions['typeHook'] => {
  const wrapped = new WeakSet<object>();
  return (schema, options) => {
    if (typeof schema === 'object' && wrapped.has(schema)) return undefined;
    const definition = typeof schema === 'string' ? { type: schema } : { ...(schema as { readonly type: string }) };
    const { type, logicalType } = definition as { readonly type: unknown; readonly logicalType?: string };
    if (type === 'array') return new CheckedArrayType(definition as never, options);
    if (type === 'map') return new CheckedMapType(definition as never, options);
    if (logicalTypes === undefined) return undefined;
    const logical = logicalType === undefined ? undefined : logicalTypes[logicalType];
    if (logical === undefined && type !== 'bytes' && type !== 'fixed') return undefined;
    // avsc calls the hook again for the type below the conversion.
    wrapped.add(definition);
    const Converted = logical === undefined ? BinaryType : convertedType(logical(definition as never));
    return new Converted(definition as avsc.Schema, options);
  };
};
