import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { main } from '../main.js';

const scriptOf = async (shell: string): Promise<string> => {
  const printed: string[] = [];
  expect(await main(['completion', shell], { print: (text) => printed.push(text) })).toBe(0);
  return printed.join('\n');
};

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kstreams-completion-'));
  writeFileSync(join(folder, 'script'), await scriptOf('bash'));
  writeFileSync(join(folder, 'shop.ts'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const hasBash = spawnSync('bash', ['--version']).status === 0;
if (!hasBash) process.stderr.write('skipped: completion in bash — bash is not installed\n');

(hasBash ? test : test.skip).each([
  ['kstreams pro', ['produce']],
  ['kstreams run --pro', ['--processes']],
  ['kstreams run sh', ['shop.ts']],
  ['kstreams run shop.ts --env-file sh', ['shop.ts']],
  ['kstreams describe shop.ts --format m', ['mermaid']],
  ['kstreams describe --format json --js', ['--json']],
  ['kstreams completion ', ['bash', 'fish', 'zsh']],
  ['kstreams init --test ', ['jest', 'node', 'vitest']],
])('bash completes %j', (line, expected) => {
  const words = line.split(' ');
  const program = `source ./script; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _kstreams; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stderr, stdout } = spawnSync('bash', ['--norc', '-c', program], { cwd: folder, encoding: 'utf8' });
  expect({ completed: stdout.trim().split('\n').sort(), stderr }).toEqual({ completed: expected, stderr: '' });
});

test('fish completes commands, options and values', async () => {
  const lines = (await scriptOf('fish')).split('\n');
  expect(lines).toContain("complete -c kstreams -n '__fish_seen_subcommand_from completion' -f -a 'zsh'");
  expect(lines).toContainEqual(expect.stringMatching(/'__fish_use_subcommand' -f -a 'run' -d 'run an application/));
  expect(lines).toContainEqual(expect.stringMatching(/from describe' -l format -x -a 'text mermaid [a-z ]+' -d '/));
});

test('zsh loads the functions of bash', async () => {
  expect(await scriptOf('zsh')).toMatch(/^autoload -U \+X compinit bashcompinit/);
});

test('another shell is refused', async () => {
  const reported: string[] = [];
  expect(await main(['completion', 'tcsh'], { report: (line) => reported.push(line) })).toBe(2);
  expect(reported.join('\n')).toMatch(/Allowed choices are bash, zsh, fish/);
});
