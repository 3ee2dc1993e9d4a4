/**
 * Serdes around other serdes: compression and encryption.
 *
 * @module @kstreams/codecs
 */

export { type CompressedOptions, compressed } from './compressed.js';
export { type EncryptionKeys, encrypted } from './encrypted.js';
