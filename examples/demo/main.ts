/** Runs `npm run demo [-- --reset] [--json] [--brokers host:port]`: real flights, joined, grouped, windowed and aggregated. */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { embedded } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { deleteTopics } from './input.js';
import { runDemo } from './run.js';

const { values } = parseArgs({
  options: {
    reset: { type: 'boolean' },
    json: { type: 'boolean' },
    brokers: { type: 'string' },
    folder: { type: 'string' },
  },
});

const { brokers, folder = brokers ? '.kstreams/flights-demo-on-kafka' : '.kstreams/flights-demo' } = values;
if (values.reset) await rm(folder, { recursive: true, force: true });
const transport = brokers ? kafka({ brokers }) : embedded({ folder: `${folder}/log` });
if (values.reset) await deleteTopics(transport);
const say = values.json ? () => {} : console.log;

say(`flights-demo: ${transport.name}, state in ${folder}`);
const { ranking, processed, restored, resumed } = await runDemo(folder, {
  transport,
  progress: (done, of) => say(`  ${done} of ${of} flights`),
});

if (values.json) console.log(JSON.stringify({ processed, restored, resumed, ranking }, null, 2));
else {
  say(resumed ? `resumed from the committed state: ${processed} new flights` : `processed ${processed} flights`);
  say('\nstate   flights   mean delay   worst delay');
  for (const { state, flights, mean, worst } of ranking.slice(0, 10)) {
    say(
      `${state.padEnd(5)} ${String(flights).padStart(9)} ${mean.toFixed(1).padStart(9)} min ${String(worst).padStart(9)} min`,
    );
  }
  say(`… and ${Math.max(0, ranking.length - 10)} more states`);
}
