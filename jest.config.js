/** Tests run on the TypeScript sources as native ES modules; nothing is built before. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@kstreams/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/{packages,examples,tools,docs,bench}/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  resolver: '<rootDir>/tools/jest/resolver.cjs',
  transform: { '\\.ts$': '<rootDir>/tools/jest/transform.cjs' },
  testTimeout: 60_000,
  maxWorkers: 2,
};
