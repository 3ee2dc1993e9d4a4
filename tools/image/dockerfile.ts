/** Runs the steps of a Dockerfile in folders, without a container: each stage is a folder, and images are not fetched. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A line of a Dockerfile: an instruction with its arguments. */
export interface Step {
  readonly instruction: string;
  readonly rest: string;
}

/** The result of the last stage: a command, its folder and its environment. */
export interface Image {
  readonly folder: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
}

/** Returns the steps of a Dockerfile, with continued lines joined. */
export const stepsOf = (text: string): readonly Step[] =>
  text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [instruction = ''] = line.split(/\s/, 1);
      return { instruction, rest: line.slice(instruction.length).trim() };
    });

interface Stage {
  readonly folder: string;
  workdir: string;
  user: string;
  readonly environment: Record<string, string>;
}

/**
 * Runs the steps: files are copied from `context`, stages are folders below `root`, and commands run with `environment`.
 *
 * @throws Error for an instruction that it cannot run, or when a command fails.
 */
export const runSteps = (
  steps: readonly Step[],
  { context, environment, root }: { context: string; environment: NodeJS.ProcessEnv; root: string },
): Image => {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  let command: readonly string[] = [];
  const current = (): Stage => {
    if (stage === undefined) throw new Error('a Dockerfile begins with FROM');
    return stage;
  };
  const inside = (at: Stage, path: string): string =>
    join(at.folder, path.startsWith('/') ? path : join(at.workdir, path));

  const instructions: Readonly<Record<string, (rest: string) => void>> = {
    FROM: (rest) => {
      const [, , name = String(stages.size)] = rest.split(/\s+/);
      stage = { folder: join(root, name), workdir: '/', user: 'root', environment: {} };
      mkdirSync(stage.folder);
      stages.set(name, stage);
    },
    WORKDIR: (rest) => {
      current().workdir = rest;
      mkdirSync(inside(current(), '.'), { recursive: true });
    },
    ENV: (rest) => {
      const at = rest.indexOf('=');
      current().environment[rest.slice(0, at)] = rest.slice(at + 1);
    },
    USER: (rest) => {
      current().user = rest;
    },
    COPY: (rest) => {
      const [, from, paths = ''] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(rest) ?? [];
      const source = from === undefined ? undefined : stages.get(from);
      if (from !== undefined && source === undefined)
        throw new Error(`COPY names the stage ${from}, which is not above`);
      const names = paths.split(/\s+/);
      const target = names.pop() ?? '';
      for (const name of names) {
        const path = source === undefined ? join(context, name) : inside(source, name);
        const into = target.endsWith('/') ? join(target, basename(name)) : target;
        cpSync(path, inside(current(), into), { recursive: true, verbatimSymlinks: true });
      }
    },
    RUN: (rest) => {
      const at = current();
      execFileSync('sh', ['-c', rest], {
        cwd: inside(at, '.'),
        env: { ...environment, ...at.environment },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
    },
    CMD: (rest) => {
      command = JSON.parse(rest) as readonly string[];
    },
  };
  for (const { instruction, rest } of steps) {
    const run = instructions[instruction];
    if (run === undefined) throw new Error(`the instruction ${instruction} of the Dockerfile cannot be run here`);
    run(rest);
  }
  const { environment: own, user } = current();
  return { folder: inside(current(), '.'), command, environment: own, user };
};
