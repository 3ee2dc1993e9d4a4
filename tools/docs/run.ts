/** Runs the documentation's programs one by one, in one Node process. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The outcome of a program: nothing, or the thrown error. */
export type Outcome = { readonly file: string; readonly threw?: string };

/** Runs files with `folder` as the working directory, so that their output is removed with it. */
export const runFiles = async (root: string, folder: string, files: readonly string[]): Promise<readonly Outcome[]> => {
  const script = join(root, 'tools', 'docs', 'run-here.ts');
  const child = spawn(process.execPath, ['--import', join(root, 'tools', 'run', 'register.js'), script, ...files], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const outcomes: Outcome[] = [];
  let complaints = '';
  child.stderr?.on('data', (text) => {
    complaints += text;
  });
  child.on('message', (outcome: Outcome) => outcomes.push(outcome));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (outcomes.length === files.length) return outcomes;
  throw new Error(`${files[outcomes.length]} ended the process (${code}): ${complaints}`);
};
