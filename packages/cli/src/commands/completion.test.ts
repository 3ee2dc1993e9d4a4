import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { main } from '../main.js';

const scriptOf = async (shell: string): Promise<string> => {
  const printed: string[] = [];
  expect(await main(['completion', shell], { print: (text) => printed.push(text) })).toBe(0);
  return printed.join('\n');
};

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kstreams-completion-'));
  for (const shell of ['bash', 'fish', 'zsh']) writeFileSync(join(folder, shell), await scriptOf(shell));
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
  const program = `source ./bash; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
    _kstreams; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stderr, stdout } = spawnSync('bash', ['--norc', '-c', program], { cwd: folder, encoding: 'utf8' });
  expect({ completed: stdout.trim().split('\n').sort(), stderr }).toEqual({ completed: expected, stderr: '' });
});

describeWith('fish', 'completion in fish', (fish) => {
  test.each([
    ['kstreams pro', ['produce']],
    ['kstreams run --pro', ['--processes']],
    ['kstreams run sh', ['shop.ts']],
    ['kstreams describe shop.ts --format m', ['mermaid']],
    ['kstreams completion ', ['bash', 'fish', 'zsh']],
    ['kstreams init --test ', ['jest', 'node', 'vitest']],
    ['kstreams dead-letters re', ['replay']],
    ['kstreams dead-letters list --re', ['--reason']],
    ['kstreams dead-letters list l', []],
  ])('%j', (line, expected) => {
    const program = `source ./fish; complete -C ${JSON.stringify(line)}`;
    const { stderr, stdout } = spawnSync(fish, ['--no-config', '-c', program], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    const completed = stdout.split('\n').flatMap((text) => text.split('\t')[0] || []);
    expect({ completed: completed.sort(), stderr }).toEqual({ completed: expected, stderr: '' });
  });
});

describeWith('zsh', 'completion in zsh', (zsh) => {
  /** Presses Tab behind each line in an interactive shell, and prints the lines. */
  const presses = `
    zmodload zsh/zpty
    zpty shell "$0" -f -i
    zpty -w shell 'PS1=; unset zle_bracketed_paste; source ./zsh; report() { print -r -- "[[$BUFFER]]"; BUFFER= }'
    zpty -w shell 'zle -N report; bindkey ^X report; echo re""ady'
    zpty -r -m shell read '*ready*'
    for line in "$@"; do
      zpty -n -w shell "$line"$'\t\x18'
      zpty -r -m shell read '*\\]\\]*'
      print -r -- "\${\${read##*\\[\\[}%%\\]\\]*}"
    done`;

  test('Tab completes commands, options and values', () => {
    const lines = [
      ['kstreams pro', 'kstreams produce '],
      ['kstreams run --pro', 'kstreams run --processes '],
      ['kstreams run sh', 'kstreams run shop.ts '],
      ['kstreams describe shop.ts --format m', 'kstreams describe shop.ts --format mermaid '],
      ['kstreams dead-letters re', 'kstreams dead-letters replay '],
    ] as const;
    const { stderr, stdout } = spawnSync(zsh, ['-f', '-c', presses, zsh, ...lines.map(([typed]) => typed)], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    });
    expect({
      completed: stdout
        .trimEnd()
        .split('\n')
        .map((line) => `${line.trimEnd()} `),
      stderr,
    }).toEqual({
      completed: lines.map(([, completed]) => completed),
      stderr: '',
    });
  });
});

test('another shell is refused', async () => {
  const reported: string[] = [];
  expect(await main(['completion', 'tcsh'], { report: (line) => reported.push(line) })).toBe(2);
  expect(reported.join('\n')).toMatch(/Allowed choices are bash, zsh, fish/);
});
