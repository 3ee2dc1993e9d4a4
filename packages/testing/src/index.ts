/** Tests of topologies without a log: a driver, a clock, and conformance suites for stores and transports. */

export * from './byte-store-checks.js';
export type { Drops } from './drops.js';
export * from './log-storage-checks.js';
export * from './slow-store.js';
export * from './test-clock.js';
export * from './test-driver.js';
export type { Testable, TestDriverOptions } from './test-driver-options.js';
export * from './test-store.js';
export type { TestInput, TestOutput } from './test-topics.js';
export * from './transport-checks/index.js';
