/**
 * Tests of topologies without a log: a driver, a clock, and conformance suites for stores and transports.
 *
 * @module @kstreams/testing
 */

export { type BucketCheck, type BucketCheckOptions, bucketChecks } from './bucket-checks.js';
export {
  type BackendManifest,
  type ByteStoreCheck,
  type ByteStorePlace,
  byteStoreChecks,
} from './byte-store-checks.js';
export type { Drops } from './drops.js';
export { type LogStorageCheck, type LogStorageCheckOptions, logStorageChecks } from './log-storage-checks.js';
export { type SerdeCheck, type SerdeSamples, serdeChecks } from './serde-checks.js';
export { type SlowBackend, type SlowStoreOptions, slowStore } from './slow-store.js';
export { TestClock } from './test-clock.js';
export { TestDriver, testDriver } from './test-driver.js';
export type { Testable, TestDriverOptions } from './test-driver-options.js';
export { type ChangelogEntry, type TestRecordOptions, TestStore, type TestStoreOptions } from './test-store.js';
export type { TestInput, TestOutput } from './test-topics.js';
export { type CheckOptions, type TransportCheck, transportChecks } from './transport-checks/index.js';
