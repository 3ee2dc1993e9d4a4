/** Serdes: conversion of values to bytes and back. */
export { boolean } from './boolean.js';
export { bytes } from './bytes.js';
export { type JsonOptions, json } from './json.js';
export { nullable } from './nullable.js';
export { double, int32, int64 } from './numbers.js';
export {
  type SchemaChecks,
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
  schemaChecks,
  validated,
} from './standard-schema.js';
export { string } from './string.js';
export { tuple } from './tuple.js';
