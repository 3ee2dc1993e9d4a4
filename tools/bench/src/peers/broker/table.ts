/**
 * Runs `npm run bench -- peers --on-broker [--filter text] [--records n] [--rounds n] [--json]`: topologies on the broker of
 * KSTREAMS_KAFKA, on both clients, beside Kafka Streams and a loop of the raw client. One thread per side, 4 partitions,
 * 10,000 keys, records of 100 bytes, a commit each second. From the moment a side runs until it has committed all.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kafkaJs } from '@kstreams/kafka-js';
import { buildPeer } from '../kafka-streams.js';
import { brokerCases, cacheBytes, clients } from './cases.js';
import { partitionsOf, writeInput } from './input.js';
import { type BrokerRates, measuredProcess } from './measured-process.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    'on-broker': { type: 'boolean' },
    filter: { type: 'string', default: '' },
    records: { type: 'string', default: '2000000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean' },
  },
});

/** One side of a case, and the command that runs it for an application. */
interface Side {
  readonly name: string;
  readonly command: string;
  readonly args: (application: string) => readonly string[];
}

const brokers = process.env.KSTREAMS_KAFKA;
if (brokers === undefined) throw new Error('set KSTREAMS_KAFKA to host:port of a broker: .ci/kafka start prints it');
const [records, rounds] = [Number(values.records), Number(values.rounds)];
const register = fileURLToPath(new URL('../../../../run/register.js', import.meta.url));
const member = fileURLToPath(new URL('member.ts', import.meta.url));
const java = buildPeer();
if ('missing' in java) console.error(`skipped: Kafka Streams: ${java.missing}`);

const ours = (client: string, name: string): Side => ({
  name: client,
  command: process.execPath,
  args: (application) => [
    '--no-warnings',
    '--import',
    register,
    member,
    client,
    name,
    brokers,
    application,
    `${records}`,
  ],
});

const sidesOf = ({ emit, guarantee, name, topology }: (typeof brokerCases)[number]): readonly Side[] => {
  const sides = clients.map((client) => ours(client, name));
  if ('missing' in java) return sides;
  const level = guarantee === 'exactly-once' ? 'exactly_once_v2' : 'at_least_once';
  const cache = emit === 'on-commit' ? cacheBytes : 0;
  const args = (application: string) => [
    ...['-Xmx2g', '-cp', java.classes, 'peers.BrokerPeer'],
    ...[topology, brokers, application, level, `${cache}`],
  ];
  return [...sides, { name: 'Kafka Streams', command: 'java', args }];
};

const transport = kafkaJs({ brokers });
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };

/** Runs a side on separate topics. */
const measure = async ({ args, command }: Side): Promise<BrokerRates> => {
  const application = `peers-${crypto.randomUUID()}`;
  await writeInput(transport, `${application}-`, records);
  const group = await transport.consumer({ clientId: 'watch', group: application });
  const partitions = partitionsOf(`${application}-left`);
  try {
    return await measuredProcess(command, args(application), { group, partitions, records });
  } finally {
    await group.close();
    const admin = await transport.admin();
    const names = [...(await admin.topics()).keys()];
    await admin.delete(names.filter((name) => name.startsWith(`${application}-`)));
    await admin.close();
  }
};

const medianOf = (rates: readonly number[]): number =>
  rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] as number;
const thousands = (rate: number): string => (rate / 1_000).toFixed(0).padStart(8);

const cases = [
  { name: 'raw', sides: clients.map((client) => ours(client, 'raw')) },
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
if (values.json) console.log(JSON.stringify({ ...machine, records, rounds, results }, undefined, 2));
