import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import {
  type Bytes,
  type Coordinates,
  checkAbsent,
  checkFunctions,
  checkOptions,
  concatBytes,
  copyBytes,
  messageOf,
  type OptionChecks,
  option,
  type PayloadDecoder,
  type SchemaSerde,
  type Serde,
  SerdeCache,
  SerdeError,
} from '@kstreams/core/graph';
import { encodeIndexes, indexesOf, readIndexes } from './message-indexes.js';
import { messageNames } from './message-names.js';
import { registrySchema } from './registry-schema.js';

/** Checks messages as they are written and read, such as `createValidator()` of protovalidate. */
export interface ProtobufValidator {
  /** Returns `{ kind: 'valid' }`, or another kind with the error. */
  readonly validate: (schema: never, message: never) => { readonly kind: string; readonly error?: unknown };
}

/** Options of {@link protobuf}. */
export interface ProtobufOptions {
  /** Refuses messages for which `validate` returns another kind than `'valid'`. */
  readonly validator?: ProtobufValidator;
}

/** The codec of another library, such as a class that protobufjs or ts-proto has generated. */
export interface ProtobufCodec<in out T> {
  readonly encode: (message: T) => Bytes | { readonly finish: () => Bytes };
  readonly decode: (bytes: Bytes) => T;
}

/**
 * Creates a serde of Protocol Buffers from the descriptor of a message, which `protoc-gen-es` generates. 64-bit integers
 * are bigints, and unknown fields of a newer version are kept and written again.
 *
 * A codec of protobufjs or ts-proto is taken as it is. It is faster, but a schema registry cannot hold its schema, and
 * protobufjs rounds 64-bit integers unless the package `long` is installed.
 *
 * The order of map entries is not fixed, so equal messages may have different bytes: use it for values, not for keys.
 *
 * @throws SerdeError for values that the message cannot hold, for malformed bytes, and for messages that the validator
 * refuses.
 *
 * @example
 * const order = protobuf(OrderSchema) // SchemaSerde<Order>
 * const refund = protobuf(Refund) // a class of ts-proto
 */
export function protobuf<D extends DescMessage>(schema: D, options?: ProtobufOptions): SchemaSerde<MessageShape<D>>;
export function protobuf<T>(codec: ProtobufCodec<T>): Serde<T>;
export function protobuf(source: DescMessage | ProtobufCodec<unknown>, options: ProtobufOptions = none) {
  if (!('kind' in source) && options !== none)
    checkAbsent('the second argument of protobuf', options, 'remove it, since a codec takes no options');
  return created.get([source, options], () => ('kind' in source ? ofDescriptor(source, options) : ofCodec(source)));
}

const created = new SerdeCache();
const none: ProtobufOptions = {};

const protobufOptions: OptionChecks<ProtobufOptions> = {
  validator: option.having('a validator, such as createValidator() of protovalidate', 'validate'),
};

const ofCodec = (codec: ProtobufCodec<unknown>): Serde<unknown> => {
  checkFunctions('protobuf', { encode: codec.encode, decode: codec.decode });
  return {
    name: 'protobuf',
    encode: guarded((message) => {
      const encoded = codec.encode(message);
      return plain('finish' in encoded ? encoded.finish() : encoded);
    }),
    decode: guarded((bytes) => codec.decode(copyBytes(bytes))),
  };
};

const ofDescriptor = (descriptor: DescMessage, options: ProtobufOptions): SchemaSerde<MessageShape<DescMessage>> => {
  checkOptions('protobuf', options, protobufOptions);
  const { validator } = options;
  const checked = (message: MessageShape<DescMessage>): MessageShape<DescMessage> => {
    const result = validator?.validate(descriptor as never, message as never);
    if (result === undefined || result.kind === 'valid') return message;
    throw new TypeError(`the validator refused the message: ${messageOf(result.error)}`);
  };
  const encode = (message: MessageShape<DescMessage>): Bytes => {
    if (message.$typeName !== descriptor.typeName) {
      throw new TypeError(`the value is not a message ${descriptor.typeName}: make it with create(…)`);
    }
    return toBinary(descriptor, checked(message));
  };
  // Fields of bytes and unknown fields are parts of the decoded array, which may be that of a stored row.
  const decode = (bytes: Bytes): MessageShape<DescMessage> => checked(fromBinary(descriptor, copyBytes(bytes)));
  const ownIndexes = encodeIndexes(indexesOf(descriptor));
  const payloadDecoder = (writer: Parameters<SchemaSerde<unknown>['payloadDecoder']>[0]) => {
    const nameAt = messageNames(writer.text);
    const read: PayloadDecoder<MessageShape<DescMessage>> = guarded((payload) => {
      const { indexes, length } = readIndexes(payload);
      const name = nameAt(indexes);
      if (name !== descriptor.typeName) {
        throw new TypeError(`the bytes hold a message ${name}, not ${descriptor.typeName}`);
      }
      return decode(payload.subarray(length));
    });
    return read;
  };
  return {
    name: 'protobuf',
    recordName: descriptor.typeName,
    // The descriptor of a file is large: a registry alone needs it.
    get schema() {
      return registrySchema(descriptor.file);
    },
    encode: guarded(encode),
    decode: guarded(decode),
    encodePayload: guarded((message) => concatBytes(ownIndexes, encode(message))),
    payloadDecoder,
  };
};

/** Turns errors of a codec into a `SerdeError` with the topic. */
const guarded =
  <A, R>(run: (arg: A) => R) =>
  (arg: A, { topic }: Coordinates): R => {
    try {
      return run(arg);
    } catch (thrown) {
      throw new SerdeError(messageOf(thrown), { topic }, thrown);
    }
  };

/** Returns bytes as a plain `Uint8Array`: codecs may return a Node `Buffer`. */
const plain = (bytes: Bytes): Bytes =>
  Object.getPrototypeOf(bytes) === Uint8Array.prototype
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
