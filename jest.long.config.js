import config from './jest.config.js';

/**
 * Runs the suites that search many seeds. Their work is bounded by the number of seeds; the timeout only ends a hang.
 */
export default {
  ...config,
  testMatch: ['<rootDir>/{packages,tools}/**/*.long.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
