/**
 * Runs `npm run bench -- peers --on-broker [--filter text] [--records n] [--bytes n] [--rounds n] [--json]`: topologies on the broker
 * of KSTREAMS_KAFKA, on both clients, beside Kafka Streams and a loop of the raw client. One thread per side, 4 partitions,
 * 10,000 keys, values of 100 bytes, a commit each second. From the moment a side runs until it has committed all.
 */
import { parseArgs } from 'node:util';
import { kafkaJs } from '@kstreams/kafka-js';
import { machine } from '../../machine.js';
import { positiveInteger } from '../../positive-integer.js';
import { brokerCases, clients } from './cases.js';
import { partitionsOf, removeTopics, writeInput } from './input.js';
import { type BrokerRates, measuredProcess } from './measured-process.js';
import { ourSide, peerSides, type Side } from './sides.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    'on-broker': { type: 'boolean' },
    filter: { type: 'string', default: '' },
    records: { type: 'string', default: '2000000' },
    bytes: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean' },
  },
});

const brokers = process.env.KSTREAMS_KAFKA;
if (brokers === undefined) throw new Error('set KSTREAMS_KAFKA to host:port of a broker: .ci/kafka start prints it');
const countOf = (option: 'records' | 'bytes' | 'rounds'): number => positiveInteger(option, values[option]);
const [records, bytes, rounds] = [countOf('records'), countOf('bytes'), countOf('rounds')];
const sidesOf = peerSides(brokers);
const transport = kafkaJs({ brokers });

/** Runs a side on separate topics. */
const measure = async ({ args, command }: Side): Promise<BrokerRates> => {
  const application = `peers-${crypto.randomUUID()}`;
  await writeInput(transport, `${application}-`, { records, bytes });
  const group = await transport.consumer({ clientId: 'watch', group: application });
  const partitions = partitionsOf(`${application}-left`);
  try {
    return await measuredProcess(command, args(application), { group, partitions, records });
  } finally {
    await group.close();
    await removeTopics(transport, `${application}-`);
  }
};

const medianOf = (rates: readonly number[]): number =>
  rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] as number;
const thousands = (rate: number): string => (rate / 1_000).toFixed(0).padStart(8);

const cases = [
  { name: 'raw', sides: clients.map((client) => ourSide(client, 'raw', brokers, records)) },
  ...brokerCases.map((one) => ({ name: one.name, sides: sidesOf(one) })),
].filter(({ name }) => name.includes(values.filter));
const results: { readonly name: string; readonly side: string; readonly rates: BrokerRates }[] = [];
if (!values.json) {
  console.log(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}; thousand records per s: wall, per CPU second`);
}
for (const { name, sides } of cases) {
  const runs = new Map<Side, BrokerRates[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [side, measured] of runs) measured.push(await measure(side));
  }
  for (const [side, measured] of runs) {
    const rates = { wall: medianOf(measured.map(({ wall }) => wall)), cpu: medianOf(measured.map(({ cpu }) => cpu)) };
    results.push({ name, side: side.name, rates });
    if (!values.json) {
      console.log(`${name.padEnd(20)}${side.name.padEnd(16)}${thousands(rates.wall)}${thousands(rates.cpu)}`);
    }
  }
}
await transport.close();
if (values.json) console.log(JSON.stringify({ ...machine, records, bytes, rounds, results }, undefined, 2));
