import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from '@kstreams/core/graph';
import { type Command, Option } from 'commander';
import type { Ended } from '../ended.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { exitCodes } from '../exit-codes.js';
import { nameError } from '../init/ask.js';
import { logs, type ProjectChoices, packageManagers, scriptCommand, testRunners } from '../init/choices.js';
import { projectFiles } from '../init/project-files.js';
import { counted } from '../text-table.js';

const help = `
Prompts for choices without an option when it runs in a terminal; --yes takes the first of each.
Writes package.json, tsconfig.json, a topology, its start and its test, and installs nothing.`;

interface InitOptions extends Partial<ProjectChoices> {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `kstreams init`. */
export const addInit = (program: Command, { ask, isTerminal, print }: Environment, ended: Ended): void => {
  program
    .command('init')
    .description('write a new project')
    .argument('[folder]', 'folder of the project, which must be empty', '.')
    .option('--name <name>', 'name of the package and its application; that of the folder unless given')
    .addOption(new Option('--package-manager <name>', 'package manager').choices(packageManagers))
    .addOption(new Option('--test <runner>', 'test runner').choices(testRunners))
    .addOption(new Option('--log <log>', 'log: embedded in a folder, or a Kafka cluster').choices(logs))
    .option('--yes', 'no prompts')
    .option('--json', 'no prompts, and print the choices and the paths of the files as JSON')
    .addHelpText('after', help)
    .addHelpText(
      'after',
      examples('kstreams init shop', 'kstreams init shop --yes --package-manager pnpm --test vitest --log kafka'),
    )
    .action(async (given: string, { json, yes, ...known }: InitOptions) => {
      const folder = resolve(given);
      checkEmpty(folder);
      const defaults = {
        name: nameOf(folder),
        packageManager: 'npm',
        test: 'node',
        log: 'embedded',
        ...known,
      } as const;
      const asks = isTerminal && !yes && !json;
      const choices = asks ? await ask({ known, defaults }) : defaults;
      if (choices === undefined) return ended(exitCodes.failure);
      const reason = nameError(choices.name);
      if (reason !== undefined)
        throw new ConfigError(`"${choices.name}" is no name of a package: pass --name. ${reason}`);
      const files = projectFiles(choices, versionOfCommand());
      for (const [path, contents] of Object.entries(files)) write(join(folder, path), contents);
      if (json) return print(JSON.stringify({ ...choices, folder, files: Object.keys(files) }));
      for (const line of nextSteps(choices, folder, Object.keys(files).length)) print(line);
    });
};

/**
 * Checks that a folder has no files, except those of git.
 *
 * @throws ConfigError when it has others.
 */
const checkEmpty = (folder: string): void => {
  const [first] = existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.git') : [];
  if (first !== undefined)
    throw new ConfigError(`${folder} is not empty, it has ${first}: pass the name of a new folder`);
};

/** Returns the name of a folder as that of a package. */
const nameOf = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-');

const versionOfCommand = (): string => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
};

const write = (path: string, contents: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
};

const nextSteps = ({ log, name, packageManager }: ProjectChoices, folder: string, count: number): readonly string[] => {
  const from = relative('.', folder);
  return [
    `wrote ${counted(count, 'file')} of ${name}. Next:`,
    ...(from === '' ? [] : [`  cd ${from}`]),
    `  ${packageManager} install`,
    `  ${scriptCommand(packageManager, 'test')}`,
    `  ${scriptCommand(packageManager, 'dev')}${log === 'kafka' ? '   # needs a broker: KSTREAMS_BROKERS, or localhost:9092' : ''}`,
  ];
};
