import { recordPath } from './record-path.js';

/**
 * `npm run record-path`: lists the files that one record passes from poll to send, through source → filter → sink.
 * With `--functions` it also names the functions that ran.
 */
const files = await recordPath();
const named = process.argv.includes('--functions');
for (const name of new Set(files.map(({ path }) => path.split('/')[1]))) {
  const of = files.filter(({ path }) => path.startsWith(`packages/${name}/`));
  console.log(`${name}: ${of.length}`);
  for (const { functions, path } of of)
    console.log(`  ${path.slice(`packages/${name}/src/`.length)}${named ? `  ${functions.join(', ')}` : ''}`);
}
console.log(`total: ${files.length}`);
