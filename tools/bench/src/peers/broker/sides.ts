import { fileURLToPath } from 'node:url';
import { buildPeer } from '../build-peer.js';
import { type BrokerCase, cacheBytes, clients } from './cases.js';

/** One side of a case, and the command that runs it for an application. */
export interface Side {
  readonly name: string;
  readonly command: string;
  readonly args: (application: string) => readonly string[];
}

const register = fileURLToPath(new URL('../../../../run/register.js', import.meta.url));
const member = fileURLToPath(new URL('member.ts', import.meta.url));

/** Returns our side on a client; the loop of the raw client copies a number of records. */
export const ourSide = (client: string, name: string, brokers: string, records = 0): Side => ({
  name: client,
  command: process.execPath,
  args: (application) => [
    ...['--no-warnings', '--import', register],
    ...[member, client, name, brokers, application, `${records}`],
  ],
});

/** Returns the sides of cases: both clients, and Kafka Streams where it can be built. */
export const peerSides = (brokers: string): ((measured: BrokerCase) => readonly Side[]) => {
  const java = buildPeer('kafka-streams');
  if ('missing' in java) console.error(`skipped: Kafka Streams: ${java.missing}`);
  return ({ emit, guarantee, name, topology }) => {
    const sides = clients.map((client) => ourSide(client, name, brokers));
    if ('missing' in java) return sides;
    const level = guarantee === 'exactly-once' ? 'exactly_once_v2' : 'at_least_once';
    const cache = emit === 'on-commit' ? cacheBytes : 0;
    const args = (application: string) => [
      ...['-Xmx2g', '-cp', java.classes, 'peers.BrokerPeer'],
      ...[topology, brokers, application, level, `${cache}`],
    ];
    return [...sides, { name: 'Kafka Streams', command: 'java', args }];
  };
};
