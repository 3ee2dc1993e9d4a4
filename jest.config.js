/** Runs tests on the TypeScript sources as native ES modules, without a build. `npm run test:long` runs `*.long.test.ts`. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@kstreams/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/{packages,examples,tools,docs,bench}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.long\\.test\\.ts$'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  resolver: '<rootDir>/tools/jest/resolver.cjs',
  transform: { '\\.ts$': '<rootDir>/tools/jest/transform.cjs' },
  // A safety net only: no test depends on the speed of the machine.
  testTimeout: 300_000,
  maxWorkers: 2,
  // Node frees the modules of a finished test file late: a worker that has grown spends its time on garbage collection.
  workerIdleMemoryLimit: '600MB',
};
