/** Tests of topologies without a log: a driver, a clock, conformance suites for stores and transports. */
export * from './test-clock.js';
export * from './test-driver.js';
export * from './test-topics.js';
