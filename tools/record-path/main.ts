import { readFile, writeFile } from 'node:fs/promises';
import { type PathFile, recordPath } from './record-path.js';

/**
 * `npm run record-path`: lists the files that one record passes from poll to send, through source → filter → sink.
 * Options: `--functions` names the functions that ran, `--write` updates the list in docs/architecture.md, `--check`
 * fails when that list is out of date or has too many files.
 */

/** Maximum number of files on the path of a record. */
const limit = 16;
const page = new URL('../../docs/architecture.md', import.meta.url);
const block = /<!-- record-path -->[\s\S]*<!-- \/record-path -->/;

const byPackage = (files: readonly PathFile[]): readonly (readonly [name: string, files: readonly PathFile[]])[] => {
  const names = new Set(files.map(({ path }) => path.split('/')[1] as string));
  return [...names].map((name) => [name, files.filter(({ path }) => path.startsWith(`packages/${name}/`))]);
};

const nameOf = ({ path }: PathFile): string => path.split('/').slice(3).join('/');

const listed = (files: readonly PathFile[]): string => {
  const rows = byPackage(files).map(([name, of]) => `| \`${name}\` | ${of.length} | ${of.map(nameOf).join(', ')} |`);
  const table = ['| package | files | |', '| --- | --- | --- |', ...rows, `| | **${files.length}** | |`].join('\n');
  return `<!-- record-path -->\n\n${table}\n\n<!-- /record-path -->`;
};

const files = await recordPath();
for (const [name, of] of byPackage(files)) {
  console.log(`${name}: ${of.length}`);
  for (const file of of) {
    const functions = process.argv.includes('--functions') ? `  ${file.functions.filter(Boolean).join(', ')}` : '';
    console.log(`  ${nameOf(file)}${functions}`);
  }
}
console.log(`total: ${files.length}`);

const text = await readFile(page, 'utf8');
if (process.argv.includes('--write')) await writeFile(page, text.replace(block, listed(files)));
if (process.argv.includes('--check')) {
  if (files.length > limit) throw new Error(`a record passes ${files.length} files; at most ${limit} are allowed`);
  if (!text.includes(listed(files)))
    throw new Error('docs/architecture.md lists other files: run npm run record-path -- --write');
}
