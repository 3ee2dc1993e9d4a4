/** `npm run house [-- FOLDER]`: says where the repository, or another folder, leaves the house's rules; fails if it does. */
import { fileURLToPath } from 'node:url';
import { checkHouse } from './src/house.js';
import { readSources } from './src/read-sources.js';

const sources = readSources(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));
const violations = checkHouse(sources);
for (const { path, line, rule, what, mend } of violations) console.log(`${path}:${line} ${rule}: ${what} — ${mend}`);

const counts = new Map<string, number>();
for (const { rule } of violations) counts.set(rule, (counts.get(rule) ?? 0) + 1);
const byRule = [...counts].map(([rule, times]) => `${rule} ${times}`).join(', ');
console.log(`house: ${sources.length} files, ${violations.length} violations${byRule && ` (${byRule})`}`);
if (violations.length > 0) process.exitCode = 1;
