/**
 * Runs `npm run bench -- peers [--filter text] [--records n] [--warm-up n] [--rounds n] [--bytes n] [--json]`: topologies of kstreams
 * beside the same ones of Kafka Streams, in process: one task per side, fed by hand, without a log or a disk. 10,000 keys,
 * values of 100 bytes unless set, a commit each 100,000 records, rows in memory, and no cache that holds updates back.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from '../machine.js';
import { positiveInteger } from '../positive-integer.js';
import { comparePeers, type PeerComparison, type PeerRatio } from './compare-peers.js';
import { kafkaStreams } from './kafka-streams.js';
import { peerProcess } from './peer-process.js';
import { type PeerTopology, topologies } from './topologies.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    filter: { type: 'string', default: '' },
    records: { type: 'string', default: '500000' },
    'warm-up': { type: 'string', default: '1500000' },
    rounds: { type: 'string', default: '5' },
    bytes: { type: 'string', default: '100' },
    json: { type: 'boolean' },
  },
});

const countOf = (option: 'records' | 'warm-up' | 'rounds' | 'bytes'): number => positiveInteger(option, values[option]);
const rounds = { warmUp: countOf('warm-up'), records: countOf('records'), rounds: countOf('rounds') };
const bytes = countOf('bytes');
const selected = topologies.filter(({ name }) => name.includes(values.filter));
if (selected.length === 0)
  throw new RangeError(`--filter ${values.filter} fits none of ${topologies.map(({ name }) => name).join(', ')}`);

const register = fileURLToPath(new URL('../../../run/register.js', import.meta.url));
const child = fileURLToPath(new URL('child.ts', import.meta.url));
const kstreams = ({ name }: PeerTopology) =>
  peerProcess(process.execPath, ['--import', register, child, name, `${bytes}`]);

const millions = (rate: number): string => (rate / 1e6).toFixed(2).padStart(8);
const range = ({ highest, lowest, median }: PeerRatio): string =>
  `${median.toFixed(2).padStart(7)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;

const peer = kafkaStreams(bytes);
if (typeof peer === 'string') {
  console.error(`skipped: ${selected.map(({ name }) => name).join(', ')}: ${peer}`);
} else {
  const comparisons: PeerComparison[] = [];
  if (!values.json) {
    console.log(
      `Node ${machine.node}, ${machine.cores} × ${machine.cpu}; million records per s, and our ratio (range)`,
    );
    console.log(`${''.padEnd(20)}${'wall: ours, Kafka Streams, ratio'.padEnd(42)}CPU: ours, Kafka Streams, ratio`);
  }
  for (const topology of selected) {
    const sides = [kstreams(topology), peer(topology)] as const;
    try {
      const one = await comparePeers(topology.name, sides, rounds);
      comparisons.push(one);
      const { kafkaStreams: theirs, kstreams: ours, ratio } = one;
      const cells = (['wall', 'cpu'] as const).map((cost) =>
        `${millions(ours[cost])}${millions(theirs[cost])}${range(ratio[cost])}`.padEnd(42),
      );
      if (!values.json) console.log(`${topology.name.padEnd(20)}${cells.join('')}`.trimEnd());
    } finally {
      for (const side of sides) side.close();
    }
  }
  if (values.json) console.log(JSON.stringify({ ...machine, ...rounds, bytes, comparisons }, undefined, 2));
}
