import type { ProjectChoices, TestRunner } from './choices.js';

/** The script, packages and settings of a test runner. */
interface RunnerParts {
  readonly script: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Members of package.json. */
  readonly settings?: object;
}

const runners: Readonly<Record<TestRunner, RunnerParts>> = {
  node: { script: 'node --import tsx --test test/*.test.ts', packages: {} },
  vitest: { script: 'vitest run', packages: { vitest: '^4.1.0' } },
  jest: {
    script: 'node --experimental-vm-modules node_modules/jest/bin/jest.js',
    packages: {
      '@babel/core': '^7.28.0',
      '@babel/preset-typescript': '^7.28.0',
      '@jest/globals': '^30.0.0',
      jest: '^30.0.0',
    },
    settings: {
      jest: {
        extensionsToTreatAsEsm: ['.ts'],
        transform: { '\\.ts$': ['babel-jest', { presets: ['@babel/preset-typescript'] }] },
      },
    },
  },
};

/** Returns the package.json of a project with packages of a version of kstreams. */
export const packageJson = ({ log, name, test }: ProjectChoices, version: string): string => {
  const { packages, script, settings } = runners[test];
  const ours = `^${version}`;
  const contents = {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: {
      start: 'kstreams run src/main.ts',
      dev: 'kstreams run src/main.ts --watch',
      test: script,
      types: 'tsc',
    },
    dependencies: {
      '@kstreams/cli': ours,
      ...(log === 'kafka' && { '@confluentinc/kafka-javascript': '^1.10.1' }),
      kstreams: ours,
      tsx: '^4.23.0',
    },
    devDependencies: sorted({
      '@kstreams/testing': ours,
      '@types/node': '^22.0.0',
      typescript: '^7.0.2',
      ...packages,
    }),
    ...settings,
  };
  return `${JSON.stringify(contents, null, 2)}\n`;
};

const sorted = (packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
