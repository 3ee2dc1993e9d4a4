import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@kstreams/core/graph';

const fileIn = (name: string): string => fileURLToPath(new URL(`../../test/${name}`, import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervised-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise<void>((resolve) => systemClock.after(5, resolve));
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    // There is no such process.
    return false;
  }
};

const wrote = (name: string): boolean =>
  existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8') !== '';

/** Runs two processes under a supervisor, kills it and waits until they have ended. */
const killSupervisor = async (mode: 'obedient' | 'stubborn', deadline: string): Promise<void> => {
  const given = ['run', fileIn('long-running-app.js'), '--processes', '2', '--deadline', deadline, '--', folder, mode];
  const supervisor = spawn(process.execPath, [fileIn('kstreams.js'), ...given], { stdio: 'ignore' });
  await until(() => wrote('0.pid') && wrote('1.pid'));
  const pids = ['0.pid', '1.pid'].map((name) => Number(readFileSync(join(folder, name), 'utf8')));
  expect(pids.map(isRunning)).toEqual([true, true]);
  supervisor.kill('SIGKILL');
  await until(() => !pids.some(isRunning));
};

// Windows has no SIGTERM: processes end without closing.
describe('a process of a killed supervisor', () => {
  const run = process.platform === 'win32' ? test.skip : test;

  run('closes as after SIGTERM', async () => {
    await killSupervisor('obedient', '60s');
    expect(['0.closed', '1.closed'].map((name) => existsSync(join(folder, name)))).toEqual([true, true]);
  });

  run('is killed at the deadline if it does not close', async () => {
    await killSupervisor('stubborn', '300ms');
    expect(['0.closed', '1.closed'].map((name) => existsSync(join(folder, name)))).toEqual([true, true]);
  });
});
