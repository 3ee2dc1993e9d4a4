/**
 * Protocol Buffers: a serde from a generated descriptor, or from the codec of another library.
 *
 * @module @kstreams/protobuf
 */

export { type ProtobufCodec, type ProtobufOptions, type ProtobufValidator, protobuf } from './protobuf.js';
