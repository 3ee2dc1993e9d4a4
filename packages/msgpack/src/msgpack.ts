import {
  type Bytes,
  type Coordinates,
  checkAbsent,
  checkOptions,
  messageOf,
  type OptionChecks,
  option,
  type Serde,
  SerdeCache,
  SerdeError,
} from '@kstreams/core/graph';
import { type StandardSchema, schemaChecks } from '@kstreams/serde';
import { type Options, Packr, REUSE_BUFFER_MODE } from 'msgpackr';
import { checkDecoded, writable } from './portable.js';

/** Options of {@link msgpack}. */
export interface MsgpackOptions {
  /**
   * The type of decoded 64-bit integers. `'number'`, the default, refuses those beyond ±(2^53 − 1) and all bigints.
   * `'bigint'` returns all of them as bigints, also small ones that another program wrote in 64 bits.
   */
  readonly int64?: 'number' | 'bigint';
  /**
   * The members of objects that are written as records, which store no names: `[['id', 'total']]`. Records are an extension
   * of msgpackr that other libraries cannot read. Decoding needs the same lists in the same order, so append new ones only.
   * Objects with other members are written in full.
   */
  readonly records?: readonly (readonly string[])[];
}

/** Options of {@link msgpack} with a schema. */
export interface MsgpackSchemaOptions<in out Input> extends MsgpackOptions {
  /** Converts a value that the schema refuses, such as one of an earlier version. Called only while decoding. */
  readonly upgrade?: (older: unknown) => Input;
}

/**
 * Creates a serde of MessagePack. `msgpack<T>()` is not checked at run time. With a schema of zod, valibot or any other
 * Standard Schema, values are validated and converted in both directions, and the type comes from the schema.
 *
 * Besides what JSON holds it holds NaN, infinities, dates and bytes. Members that are `undefined` are left out, and `-0` is
 * written as `0`. Members keep their order, so equal values may have different bytes: use it for values, not for keys.
 *
 * Calls with the same schema and options object return the same serde.
 *
 * @throws SerdeError for values that MessagePack would lose (`undefined`, functions, symbols, maps, sets), for bytes that
 * are not one MessagePack value, for nil unless the serde is `nullable`, and for values that the schema refuses.
 *
 * @example
 * const order = msgpack<{ id: string; total: number }>()
 * const bytes = order.encode({ id: 'o-1', total: 5 }, { topic: 'orders', headers: [] }) // 16 bytes
 */
export function msgpack<T>(options?: MsgpackOptions): Serde<T>;
export function msgpack<Input, Output extends Input>(
  schema: StandardSchema<Input, Output>,
  options?: MsgpackSchemaOptions<NoInfer<Input>>,
): Serde<NonNullable<Output>>;
export function msgpack(first?: StandardSchema | MsgpackOptions, second?: MsgpackOptions): Serde<unknown> {
  const schema = isSchema(first) ? first : undefined;
  const options = schema === undefined ? (first as MsgpackOptions | undefined) : second;
  if (schema === undefined)
    checkAbsent('the second argument of msgpack', second, 'put its members into the first one, or pass a schema first');
  return created.get([schema, options], () => createMsgpack(schema, options));
}

const isSchema = (given: unknown): given is StandardSchema =>
  (typeof given === 'object' || typeof given === 'function') && given !== null && '~standard' in given;

const created = new SerdeCache();

const msgpackOptions: OptionChecks<MsgpackSchemaOptions<unknown>> = {
  int64: option.oneOf<'number' | 'bigint'>('number', 'bigint'),
  records: option.listOf(option.listOf(option.text)),
  upgrade: option.fn,
};

const createMsgpack = (
  schema: StandardSchema | undefined,
  options: MsgpackSchemaOptions<unknown> = {},
): Serde<unknown> => {
  checkOptions('msgpack', options, msgpackOptions);
  const { int64 = 'number', records, upgrade } = options;
  if (schema === undefined) checkAbsent('option "upgrade" of msgpack', upgrade, 'add the schema of current values');
  const packr = new Packr(packrOptions(int64, records) as Options);
  const { check, read } = schemaChecks(schema, upgrade);
  return {
    name: 'msgpack',
    isNull: (bytes) => bytes.length === 1 && bytes[0] === nil,
    encode: (value, at) => {
      try {
        return packed(packr, writable(check(value), int64));
      } catch (thrown) {
        return fail(thrown, at);
      }
    },
    decode: (bytes, at) => {
      try {
        const value: unknown = packr.unpack(bytes);
        checkDecoded(value, int64);
        const checked = read(value);
        if (checked === null || checked === undefined) throw new TypeError(`the schema returned ${checked}`);
        return checked;
      } catch (thrown) {
        return fail(thrown, at);
      }
    },
  };
};

/** The length of the buffers of msgpackr, which small values share. */
const slabLength = 8192;

/** The buffer of a packed value, which lies between the positions. */
type PackedBuffer = Uint8Array & { readonly start: number; readonly end: number };

/** Returns the bytes of a value. A buffer that a large value made longer is not kept: small values would keep it alive. */
const packed = (packr: Packr, value: unknown): Bytes => {
  const { buffer, byteOffset, end, length, start } = packr.pack(value, REUSE_BUFFER_MODE) as unknown as PackedBuffer;
  const bytes = new Uint8Array(buffer, byteOffset + start, end - start);
  if (length <= slabLength) return bytes;
  packr.useBuffer(typeof Buffer === 'undefined' ? new Uint8Array(slabLength) : Buffer.allocUnsafeSlow(slabLength));
  return bytes.slice();
};

const nil = 0xc0;

const packrOptions = (int64: 'number' | 'bigint', records: MsgpackOptions['records']): PackrOptions => ({
  copyBuffers: true,
  mapsAsObjects: true,
  int64AsType: int64 === 'bigint' ? 'bigint' : 'auto',
  variableMapSize: true,
  ...(records === undefined
    ? { useRecords: false }
    : { structures: records.map((names) => [...names]), maxSharedStructures: records.length, maxOwnStructures: 0 }),
});

/** The options of msgpackr, with a value that its types leave out: `'auto'` returns numbers where they are exact. */
type PackrOptions = Omit<Options, 'int64AsType'> & { readonly int64AsType: 'auto' | 'bigint' };

const fail = (thrown: unknown, { topic }: Coordinates): never => {
  throw new SerdeError(messageOf(thrown), { topic }, thrown);
};
