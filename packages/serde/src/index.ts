/** Values to bytes and back. */
export * from './boolean.js';
export * from './bytes.js';
export * from './json.js';
export * from './nullable.js';
export * from './numbers.js';
export * from './standard-schema.js';
export * from './string.js';
export * from './tuple.js';
