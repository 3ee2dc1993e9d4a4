import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type Runnable, runExample } from './run.js';

const folders = readdirSync(new URL('.', import.meta.url)).filter((name) => /^\d\d-/.test(name));
const readmeOf = (name: string): string => readFileSync(new URL(`${name}/README.md`, import.meta.url), 'utf8');

/** The examples with their output on the embedded log, as their READMEs have it. */
const runnable = folders.flatMap((name): (readonly [string, string])[] => {
  const [, output] = /^```text\n(.*?)\n```$/ms.exec(readmeOf(name)) ?? [];
  return output === undefined ? [] : [[name, output]];
});

test.each(runnable)('%s prints the output in its README', async (name, output) => {
  const example = (await import(`./${name}/main.js`)) as Runnable;
  const printed: string[] = [];
  await runExample(example, (line) => printed.push(line));
  expect(printed.join('\n')).toBe(output);
});

test.each(['README.md', '../docs/guide/examples.md'])('%s lists every example', (page) => {
  const text = readFileSync(new URL(page, import.meta.url), 'utf8');
  expect(folders.filter((name) => !text.includes(`${name}/README.md`))).toEqual([]);
});
