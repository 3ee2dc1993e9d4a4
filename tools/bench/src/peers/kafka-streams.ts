import { buildPeer } from './build-peer.js';
import { type PeerProcess, peerProcess } from './peer-process.js';
import type { PeerTopology } from './topologies.js';

/** Starts topologies of Kafka Streams. */
export type KafkaStreams = (topology: PeerTopology) => PeerProcess;

/** Returns the start of topologies in process with values of so many bytes, or the reason why the Java program cannot be built. */
export const kafkaStreams = (bytes: number): KafkaStreams | string => {
  const built = buildPeer('kafka-streams');
  if ('missing' in built) return built.missing;
  return ({ name, topics }) =>
    peerProcess('java', ['-Xmx2g', '-cp', built.classes, 'peers.Peer', name, `${bytes}`, ...topics]);
};
