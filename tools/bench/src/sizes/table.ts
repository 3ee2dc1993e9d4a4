/**
 * Runs `npm run bench -- sizes [--rows n]`: the memory and the disk that the rows of a table take in each local backend, 200,000
 * rows unless set, the bytes of its changelog, and the rate of a restore from the embedded log.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Sizes } from './trial.js';

const { values } = parseArgs({ allowPositionals: true, options: { rows: { type: 'string', default: '200000' } } });

const measure = (bytes: number, backend: string): Promise<Sizes> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('trial.ts', import.meta.url)), [values.rows, String(bytes), backend]);
    child.on('message', (sizes) => resolve(sizes as Sizes));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the trial of ${backend} ended without a result (exit code ${code})`)));
  });

console.log(`${values.rows} rows with keys of 16 bytes, and values of two bytes per byte of entropy\n`);
console.log('| backend | value | memory, MB | disk per row | changelog per row | restored per second |');
console.log('| --- | --: | --: | --: | --: | --: |');
for (const bytes of [100, 1_000]) {
  for (const backend of ['memory', 'level']) {
    const { changelog, disk, memory, restoredPerSecond } = await measure(bytes, backend);
    const cells = [
      backend,
      bytes,
      Math.round(memory / 1e6),
      Math.round(disk),
      changelog,
      Math.round(restoredPerSecond / 1_000) * 1_000,
    ];
    console.log(`| ${cells.map((cell) => cell.toLocaleString('en')).join(' | ')} |`);
  }
}
