/** MessagePack: a serde for values of any shape, smaller and faster than JSON. */
export { type MsgpackOptions, msgpack } from './msgpack.js';
