/** Drives the command in a real terminal. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '@kstreams/core/graph';
import { describeWith } from '@kstreams/test-support/services';

const fileIn = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

describeWith('tmux', 'kstreams in a terminal', (tmux) => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kstreams-terminal-'));
  });
  afterEach(() => {
    command('kill-server');
    rmSync(folder, { recursive: true });
  });

  const command = (...given: readonly string[]): string =>
    spawnSync(tmux, ['-S', join(folder, 'socket'), '-f', '/dev/null', ...given], { encoding: 'utf8' }).stdout;

  /** Starts a command; its exit code is printed after it. */
  const start = (...given: readonly string[]): void => {
    const words = [process.execPath, '--no-warnings', fileIn('test/kstreams.js'), ...given]
      .map((word) => `'${word}'`)
      .join(' ');
    command('new-session', '-d', '-x', '150', '-y', '40', '-c', folder, `${words}; echo "ended with $?"; cat`);
  };
  const screen = (): string => command('capture-pane', '-p');
  const shows = async (text: string): Promise<void> => {
    while (!screen().includes(text)) await new Promise<void>((resolve) => systemClock.after(20, resolve));
  };
  const press = (...keys: readonly string[]): void => void command('send-keys', ...keys);

  test('init prompts for the choices without an option', async () => {
    start('init', 'shop', '--log', 'kafka');
    await shows('Name');
    press('Enter');
    await shows('Package manager');
    press('Down', 'Enter');
    await shows('Test runner');
    press('Down', 'Down', 'Enter');
    await shows('ended with 0');
    expect(screen()).toMatch(
      /wrote 7 files of shop\. Next:\n {2}cd shop\n {2}pnpm install\n {2}pnpm test\n {2}pnpm dev/,
    );
    expect(JSON.parse(readFileSync(join(folder, 'shop/package.json'), 'utf8')).devDependencies).toHaveProperty('jest');
  });

  test('Ctrl-C at a prompt of init writes nothing', async () => {
    start('init', 'shop');
    await shows('Name');
    press('C-c');
    await shows('ended with 1');
    expect(screen()).toContain('Nothing was written.');
    expect(existsSync(join(folder, 'shop'))).toBe(false);
  });

  test('a change restarts the processes of run; Ctrl-C sends them one signal', async () => {
    const script = join(folder, 'app.mjs');
    const write = (word: string): void =>
      writeFileSync(
        script,
        `console.log('${word}');
        setInterval(() => {}, 1e6);
        process.on('SIGTERM', () => process.exit(0));
        process.on('SIGINT', () => { console.log('closes'); setTimeout(() => process.exit(0), 100); });`,
      );
    write('one');
    start('run', 'app.mjs', '--watch');
    await shows('[0] one');
    write('two');
    await shows('[0] two');
    expect(screen()).toContain('app.mjs has changed: restart');
    press('C-c');
    await shows('ended with 0');
    expect(screen().match(/closes/g)).toHaveLength(1);
  });
});
