import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { proseOfPage, proseOfSource } from '../prose.js';
import { parseSource } from '../source.js';
import { openings, phrases } from '../wording.js';
import { violationsOf } from './wording.js';

const said = (text: string): readonly string[] =>
  violationsOf('a.ts', proseOfSource(parseSource('a.ts', text))).map(({ line, what }) => `${line} ${what}`);

test.each(['What it does.', 'Who reads it.', 'How many rows.', 'Whether it runs.', 'Which row.', 'Where it lies.'])(
  'a comment that opens with a clause is refused: %s',
  (text) => {
    const [word] = /^How many|^\w+/.exec(text) as RegExpExecArray;
    expect(said(`/** ${text} */\nconst a = 1;`)).toEqual([`1 comment opens with "${word.split(' ')[0]}"`]);
    expect(said(`// ${text}\nconst a = 1;`)).toHaveLength(1);
  },
);

test('a refused word is found on its line, in any form and case', () => {
  expect(said('/**\n * Returns one.\n * It answers two, and\n * Tells three.\n */')).toEqual([
    '3 comment says "answers"',
    '4 comment says "Tells"',
  ]);
});

test('comments inside blocks, behind code and above each other are read; lines that follow each other are one', () => {
  expect(said('const a = () => {\n  // What\n};')).toHaveLength(1);
  expect(said('const a = 1; // asks')).toEqual(['1 comment says "asks"']);
  expect(said('// One is\n// what it is.\nconst a = 1;')).toEqual([]);
});

test('code, examples, text that only looks like a comment and notes to tools are left alone', () => {
  expect(
    said("const a = 'http://what.it/asks'; const b = /\\/\\* asks/; const c = `// $" + '{a} asks // it`;'),
  ).toEqual([]);
  expect(said('/** Returns `answer`.\n *\n * @example\n * tell(answer)\n */')).toEqual([]);
  expect(said('// biome-ignore lint/a: what it asks\nconst a = 1;')).toEqual([]);
});

test('messages of errors and titles of tests count, also in pieces', () => {
  expect(said("throw new ConfigError('it asks for one');")).toEqual(['1 error says "asks"']);
  expect(said('new StateError(`a $' + '{b} tells $' + '{c}` + (d ? `knows` : ``));')).toEqual([
    '1 error says "tells"',
    '1 error says "knows"',
  ]);
  expect(said("test('what comes is read', () => {});")).toEqual(['1 title opens with "what"']);
  expect(said("check('what comes is read', () => {});")).toEqual(['1 title opens with "what"']);
  expect(said("log('it asks for one');")).toEqual([]);
});

test('a name in words is a title, a name in one word is not', () => {
  expect(said("const a = { name: 'it asks for one', value: 'it asks for one' };")).toEqual(['1 title says "asks"']);
  expect(said("const a = { name: 'what' };")).toEqual([]);
});

test('headings count on every page, paragraphs where the page is checked whole', () => {
  const page = { path: 'a.md', text: '# What it is\n\nIt asks.\n\n```ts\n// asks\n```\n' };
  const of = (whole: boolean) =>
    violationsOf('a.md', proseOfPage(page, whole)).map(({ line, what }) => `${line} ${what}`);
  expect(of(false)).toEqual(['1 heading opens with "What"']);
  expect(of(true)).toEqual(['1 heading opens with "What"', '3 page says "asks"']);
});

test('the style page lists every word and opening of the rule, and no other', () => {
  const text = readFileSync(new URL('../../../../docs/contributing/style.md', import.meta.url), 'utf8');
  const [page = ''] = text.split('## Before and after');
  const rows = [...page.matchAll(/^\| (?!---|refused)(.+?) +\| (.+?) +\|$/gm)].map(([, phrase, instead]) => [
    phrase,
    instead,
  ]);
  const listed = [
    ...openings.map(({ phrase, instead }) => [`${phrase} …`, instead]),
    ...phrases.map(({ phrase, instead }) => [phrase, instead]),
  ];
  expect(rows).toEqual(listed);
});
