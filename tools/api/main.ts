/** `npm run api [-- --check]`: writes the API report of every package, or fails when a committed one differs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReports } from './report.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reports = createReports(root);
const changed = reports.filter(({ path, text }) => {
  const file = join(root, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
if (process.argv.includes('--check')) {
  for (const { path } of changed) console.log(`${path}: the public surface differs from its report; run "npm run api"`);
  if (changed.length > 0) process.exitCode = 1;
} else {
  for (const { path, text } of changed) writeFileSync(join(root, path), text);
}
console.log(`api: ${reports.length} packages, ${changed.length} changed`);
