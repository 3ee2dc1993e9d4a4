/**
 * Runs `npm run soak [-- --opens n] [-- --rollbacks n]`: opens and closes clients and rolls an application back on a separate
 * broker, 1,000 and 500 times unless set, and checks that the memory levels off.
 */
import { parseArgs } from 'node:util';
import { kafka } from 'kstreams/kafka';
import { broker } from '../chaos/broker.js';
import { clients } from './clients.js';
import { rollbacks } from './rollbacks.js';
import { soak } from './soak.js';

const { values } = parseArgs({ options: { opens: { type: 'string' }, rollbacks: { type: 'string' } } });
/** Clients load the description of all topics: what they keep of it shows with many topics. */
const topics = Array.from({ length: 200 }, (_, i) => ({ name: `soak-${i}`, partitions: 4, config: {} }));

const started = performance.now();
const brokers = await broker('start');
const log = kafka({ brokers });
const grown: string[] = [];
try {
  const admin = await log.admin();
  await admin.create(topics);
  await admin.close();
  grown.push(...(await soak(clients(log, 'soak-0', Number(values.opens ?? 1_000)), console.log)));
  const application = await rollbacks(log, 'soak-rollbacks', Number(values.rollbacks ?? 500));
  grown.push(...(await soak(application, console.log)));
  await application.close();
} finally {
  await log.close();
  await broker('stop');
}
for (const line of grown) console.log(`  GROWS: ${line}`);
const took = ((performance.now() - started) / 1_000).toFixed(0);
console.log(`soak: ${grown.length === 0 ? 'the memory levels off' : `${grown.length} limits exceeded`}, ${took} s`);
process.exit(grown.length === 0 ? 0 : 1);
