import {
  logs,
  type PackageManager,
  type ProjectChoices,
  packageManagers,
  type TestRunner,
  testRunners,
} from './choices.js';

/** Prompts for choices in a terminal; undefined when the user cancels. */
export type Ask = (given: AskedChoices) => Promise<ProjectChoices | undefined>;

/** The choices that are known, and those to begin with. */
export interface AskedChoices {
  readonly known: Partial<ProjectChoices>;
  readonly defaults: ProjectChoices;
}

const testHints: Readonly<Record<TestRunner, string>> = {
  node: 'built into Node',
  vitest: 'fast, with a watch',
  jest: 'widely used',
};

const logHints = { embedded: 'in a folder of this process, without a server', kafka: 'a cluster' };

/** Prompts for the choices that are not known. */
export const ask: Ask = async ({ defaults, known }) => {
  const { cancel, intro, isCancel, select, text } = await import('@clack/prompts');
  intro('A new kstreams project');
  const questions = {
    name: () => text({ message: 'Name', initialValue: defaults.name, validate: nameError }),
    packageManager: () => select<PackageManager>({ message: 'Package manager', options: optionsOf(packageManagers) }),
    test: () => select({ message: 'Test runner', options: optionsOf(testRunners, testHints) }),
    log: () => select({ message: 'Log', options: optionsOf(logs, logHints) }),
  };
  const chosen: Record<string, unknown> = { ...known };
  for (const [name, question] of Object.entries(questions)) {
    if (chosen[name] !== undefined) continue;
    const chosenNow = await question();
    if (isCancel(chosenNow)) {
      cancel('Nothing was written.');
      return undefined;
    }
    chosen[name] = chosenNow;
  }
  return chosen as unknown as ProjectChoices;
};

const optionsOf = <T extends string>(values: readonly T[], hints?: Readonly<Record<T, string>>) =>
  values.map((value) => ({ value, label: value, ...(hints && { hint: hints[value] }) })) as never[];

/** Returns the reason why a text is no name of a package and an application; undefined for a name. */
export const nameError = (name: string | undefined): string | undefined =>
  /^[a-z0-9][a-z0-9._-]*$/.test(name ?? '')
    ? undefined
    : 'It takes small letters, digits, dots, dashes and underscores.';
