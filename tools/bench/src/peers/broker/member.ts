/**
 * Runs one case on a broker until it is ended: `member.ts CLIENT CASE BROKERS APPLICATION`, or the raw client's loop:
 * `member.ts CLIENT raw BROKERS APPLICATION RECORDS`. Prints `RUNNING` when it processes records.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaJs } from '@kstreams/kafka-js';
import { memory, start } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { rawLoop } from '../../raw-kafka.js';
import { topologies } from '../topologies.js';
import { brokerCases } from './cases.js';
import { rawTransportLoop } from './raw-transport.js';

const [client, name, brokers = '', application = '', records = '0'] = process.argv.slice(2);
const prefix = `${application}-`;
const transport = client === 'javascript' ? kafkaJs({ brokers }) : kafka({ brokers });

if (name === 'raw') {
  const loop = { brokers, group: application, from: `${prefix}left`, to: `${prefix}out`, count: Number(records) };
  console.log('RUNNING');
  if (client === 'javascript') await rawTransportLoop(transport, loop);
  else await rawLoop(loop, (record) => record);
} else {
  const measured = brokerCases.find((one) => one.name === name);
  const topology = topologies.find((one) => one.name === measured?.topology);
  if (measured === undefined || topology === undefined) throw new RangeError(`there is no case ${name}`);
  const app = await start(topology.build({ application, prefix, window: '10s', emit: measured.emit }), {
    transport,
    guarantee: measured.guarantee,
    commitInterval: '1s',
    state: memory(),
    folder: mkdtempSync(join(tmpdir(), 'kstreams-peer-')),
    signals: true,
  });
  await app.running();
  console.log('RUNNING');
  await app.closed;
}
