/**
 * Runs `npm run runtimes`: the programs of docs/guide/install.md and docs/testing.md with the packed packages, on each version of
 * Node, on Bun and Deno, under each test runner, and bundled for a page. The packages must be built. KSTREAMS_BROWSER is the path
 * of a browser; without it the bundles are made and not run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInBrowser } from '@kstreams/test-support/run-in-browser';
import { type Check, checks } from './checks.js';
import { makeProject } from './project.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const limit = 120_000;

/** Resolves with the problem of a check, or nothing. Its environment lets packages resolve as in a project of a user. */
const run = async (folder: string, { command: [program, ...given], prints }: Check): Promise<string | undefined> => {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(program, given, { cwd: folder, env: { ...env, NO_COLOR: '1' }, timeout: limit });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return code === 0 && prints.test(output) ? undefined : `ended with ${code}:\n${output}`;
};

/** The scripts of the two bundles. */
const bundles = (folder: string): readonly (readonly [bundler: string, script: string])[] => {
  const assets = join(folder, 'vite/assets');
  const ofVite = readdirSync(assets).find((file) => file.endsWith('.js')) ?? '';
  return [
    ['esbuild', readFileSync(join(folder, 'esbuild/main.js'), 'utf8')],
    ['Vite', readFileSync(join(assets, ofVite), 'utf8')],
  ];
};

const folder = mkdtempSync(join(tmpdir(), 'kstreams-runtimes-'));
try {
  makeProject(root, folder);
  let failed = 0;
  const report = (name: string, problem: string | undefined): void => {
    console.log(`runtimes: ${name} ${problem === undefined ? 'passed' : problem}`);
    if (problem !== undefined) failed++;
  };
  for (const check of checks) report(check.name, await run(folder, check));
  const browser = process.env.KSTREAMS_BROWSER;
  for (const [bundler, script] of bundles(folder)) {
    if (browser === undefined) {
      console.log(`runtimes: SKIPPED the bundle of ${bundler} in a browser: set KSTREAMS_BROWSER`);
      continue;
    }
    const counts = JSON.stringify(await runInBrowser(browser, script));
    report(`the bundle of ${bundler} in a browser`, counts === '{"to":2,"be":2,"or":1,"not":1}' ? undefined : counts);
  }
  console.log(`runtimes: ${checks.length} checks, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
