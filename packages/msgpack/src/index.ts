/**
 * MessagePack: a serde for values of any shape, smaller and faster than JSON.
 *
 * @module @kstreams/msgpack
 */

export { type MsgpackOptions, msgpack } from './msgpack.js';
