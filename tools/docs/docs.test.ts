import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { blocksOf, placeOf, programsOf, readBlocks } from './blocks.js';
import { type Outcome, runFiles } from './run.js';
import { typeCheck } from './type-check.js';
import { openWorkspace, type Workspace } from './workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = readBlocks(root);
const programs = programsOf(blocks);

/** The columns of code of the site on a screen of 1,440 px: see docs/.vitepress/theme/style.css. */
const siteColumns = 94;

describe('the documentation', () => {
  let workspace: Workspace;
  let complaints: readonly (readonly string[])[];
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    workspace = openWorkspace(root, programs);
    complaints = typeCheck(root, programs, workspace.files);
    const run = workspace.files.filter((_, at) => programs[at]?.notRun === undefined);
    outcomes = await runFiles(root, workspace.folder, run);
  });
  afterAll(() => workspace?.remove());

  test.each(programs.map((program, at) => [placeOf(program.block), at] as const))('%s compiles', (_, at) => {
    expect(complaints[at]).toEqual([]);
  });

  const running = programs.flatMap((program, at) =>
    program.notRun === undefined ? [[placeOf(program.block), at] as const] : [],
  );
  test.each(running)('%s runs', (_, at) => {
    const { threw } = outcomes.find(({ file }) => file === workspace.files[at]) as Outcome;
    expect(threw).toBeUndefined();
  });

  test('shows TypeScript, JavaScript, commands, data, pictures and plain text, each with its language', () => {
    const odd = blocks.filter(
      ({ language }) => !['ts', 'js', 'sh', 'json', 'yaml', 'mermaid', 'text'].includes(language),
    );
    expect(odd.map(placeOf)).toEqual([]);
  });

  test('fits the site: commands and texts are wrapped there, other code is not', () => {
    const wide = blocks
      .filter(({ language, page }) => page.startsWith('docs/') && !['sh', 'text'].includes(language))
      .filter(({ code }) => code.split('\n').some((line) => line.length > siteColumns));
    expect(wide.map(placeOf)).toEqual([]);
  });

  test('names only existing commands', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const unknown = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap((block) =>
        // Lines that begin with # are output, such as that of `kstreams init`, whose project has other scripts.
        [...block.code.replaceAll(/^#.*$/gm, '').matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(
          ([, name]) => [block, name] as const,
        ),
      )
      .filter(([, name]) => !((name as string) in scripts));
    expect(unknown.map(([block, name]) => `${placeOf(block)} ${name}`)).toEqual([]);
  });
});

describe('blocks', () => {
  const page = (...lines: string[]) => lines.join('\n');

  test('have line numbers, also in lists and in longer fences', () => {
    const markdown = page(
      '# A',
      '```ts',
      'one',
      '```',
      '- b',
      '  ```sh',
      '  two',
      '    three',
      '  ```',
      '````text',
      '```',
      '````',
    );
    expect(blocksOf('a.md', markdown)).toEqual([
      { page: 'a.md', line: 3, language: 'ts', notes: '', code: 'one\n' },
      { page: 'a.md', line: 7, language: 'sh', notes: '', code: 'two\n  three\n' },
      { page: 'a.md', line: 11, language: 'text', notes: '', code: '```\n' },
    ]);
    expect(() => blocksOf('a.md', '```ts')).toThrow('a.md:1 opens a block of code that nothing closes');
  });

  test('continue the block before, and are not run if they give a reason', () => {
    const markdown = page(
      '```ts no-run: it asks for a broker',
      'one',
      '```',
      '```ts continues',
      'two',
      '```',
      '```ts',
      'three',
      '```',
    );
    const made = programsOf(blocksOf('a.md', markdown));
    expect(made.map(({ code, linesBefore, notRun }) => [code, linesBefore, notRun])).toEqual([
      ['one\n', 0, 'it asks for a broker'],
      ['one\ntwo\n', 1, 'it asks for a broker'],
      ['three\n', 0, undefined],
    ]);
    expect(() => programsOf(blocksOf('a.md', '```ts continues\n```'))).toThrow('a.md:2 continues nothing');
    expect(() => programsOf(blocksOf('a.md', '```ts no-run\n```'))).toThrow('not "ts no-run"');
  });

  test('that do not compile, or throw, are reported by the lines of their page', async () => {
    const markdown = page(
      '```ts',
      'const one: number = 1;',
      '```',
      '```ts continues',
      '',
      "const two: number = 'two' + one;",
      '```',
      '```ts',
      "throw new Error('three');",
      '```',
    );
    const broken = programsOf(blocksOf('a.md', markdown));
    const made = openWorkspace(root, broken);
    try {
      expect(typeCheck(root, broken, made.files)).toEqual([
        [],
        ["a.md:6 Type 'string' is not assignable to type 'number'."],
        [],
      ]);
      const outcomes = await runFiles(root, made.folder, made.files);
      expect(outcomes.map(({ threw }) => threw?.split('\n')[0])).toEqual([undefined, undefined, 'Error: three']);
    } finally {
      made.remove();
    }
  });
});
