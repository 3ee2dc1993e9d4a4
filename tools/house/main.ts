/** `npm run house [-- FOLDER]`: prints the violations of the house rules in the repository or another folder, and fails on any. */
import { fileURLToPath } from 'node:url';
import { checkHouse } from './src/house.js';
import { readRepository } from './src/read-repository.js';

const repository = readRepository(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));
const violations = checkHouse(repository);
for (const { path, line, rule, what, mend } of violations) console.log(`${path}:${line} ${rule}: ${what} — ${mend}`);

const counts = new Map<string, number>();
for (const { rule } of violations) counts.set(rule, (counts.get(rule) ?? 0) + 1);
const byRule = [...counts].map(([rule, times]) => `${rule} ${times}`).join(', ');
console.log(`house: ${repository.sources.length} files, ${violations.length} violations${byRule && ` (${byRule})`}`);
if (violations.length > 0) process.exitCode = 1;
