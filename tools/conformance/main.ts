/** `npm run conformance -- --vectors DIR [--filter text] [--json]`: observed cases of Kafka Streams against ours. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Case } from './case.js';
import { type Outcome, runCase } from './run-case.js';

const { values } = parseArgs({
  options: { vectors: { type: 'string' }, filter: { type: 'string' }, json: { type: 'boolean' } },
});

const directory = values.vectors ?? new URL('./vectors', import.meta.url).pathname;
const read = (name: string): { cases: Case[] } => {
  const bytes = readFileSync(join(directory, name));
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
};
const cases = readdirSync(directory)
  .filter((name) => /\.json(\.gz)?$/.test(name))
  .flatMap((name) => read(name).cases)
  .filter(({ name, steps }) => steps !== undefined && (values.filter === undefined || name.includes(values.filter)));

const outcomes = cases.map((one) => ({ name: one.name, kind: one.kind, ...runCase(one) }));
const count = (result: Outcome['result']): number => outcomes.filter((one) => one.result === result).length;

if (values.json) console.log(JSON.stringify(outcomes));
else {
  for (const { name, result, why } of outcomes) {
    if (result === 'differ' || (values.filter !== undefined && result !== 'equal'))
      console.log(`${result}: ${name}\n${why}`);
  }
  const missing = new Map<string, number>();
  for (const { result, why } of outcomes) if (result === 'unsupported') missing.set(why, (missing.get(why) ?? 0) + 1);
  for (const [why, times] of missing) console.log(`unsupported: ${why} (${times} cases)`);
  console.log(
    `conformance: ${outcomes.length} cases, ${count('equal')} equal, ${count('differ')} differ, ` +
      `${count('unsupported')} unsupported, ${count('set aside')} set aside`,
  );
}
if (count('differ') > 0) process.exitCode = 1;
