/** The choices of a new project. */
export interface ProjectChoices {
  /** The name of the package and its application. */
  readonly name: string;
  readonly packageManager: PackageManager;
  readonly test: TestRunner;
  readonly log: Log;
}

/** The package managers, the first by default. */
export const packageManagers = ['npm', 'pnpm'] as const;

/** A package manager. */
export type PackageManager = (typeof packageManagers)[number];

/** The test runners, the first by default. */
export const testRunners = ['node', 'vitest', 'jest'] as const;

/** A test runner. */
export type TestRunner = (typeof testRunners)[number];

/** The logs, the first by default. */
export const logs = ['embedded', 'kafka'] as const;

/** A log. */
export type Log = (typeof logs)[number];

/** Returns the command that runs a script of the package, such as `npm test` or `pnpm dev`. */
export const scriptCommand = (packageManager: PackageManager, script: string): string => {
  const short = packageManager === 'pnpm' || script === 'test' || script === 'start';
  return short ? `${packageManager} ${script}` : `${packageManager} run ${script}`;
};
