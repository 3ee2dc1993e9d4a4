/** Everything an application needs, in one import; Kafka in `kstreams/kafka`, Level in `kstreams/level`. */
export * from '@kstreams/core';
export * from '@kstreams/joins';
export * from '@kstreams/runtime';
export * from '@kstreams/serde';
export * from '@kstreams/windowing';
export { streams } from './streams.js';
