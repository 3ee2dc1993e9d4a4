/**
 * Runs `npm run bench -- figures [--filter text] [--page]`: measures the sections of docs/benchmarks.md, writes their figures with
 * date, machine and versions into docs/benchmarks, and the page from them. `--page` measures nothing.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withFigures } from './page.js';
import { sections } from './sections.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { filter: { type: 'string', default: '' }, page: { type: 'boolean' } },
});
const docs = new URL('../../../../docs/', import.meta.url);
const figuresOf = (name: string): URL => new URL(`benchmarks/${name}.json`, docs);

for (const { args, name } of sections) {
  if (values.page || !name.includes(values.filter)) continue;
  const [script] = process.argv.slice(1);
  const command = [...process.execArgv, script as string, ...args, '--json'];
  const { status, stdout } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0 || stdout === '') {
    console.error(`skipped: ${name}: it was not measured, and its figures stay as they are`);
    continue;
  }
  const date = new Date().toISOString().slice(0, 10);
  const figures = { date, command: args.join(' '), result: JSON.parse(stdout) };
  writeFileSync(figuresOf(name), `${JSON.stringify(figures, undefined, 2)}\n`);
  console.log(`measured: ${name}`);
}
const page = new URL('benchmarks.md', docs);
writeFileSync(
  page,
  withFigures(readFileSync(page, 'utf8'), sections, (name) => readFileSync(figuresOf(name), 'utf8')),
);
