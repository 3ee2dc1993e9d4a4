import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../cache-folder.js';
import { type PeerProcess, peerProcess } from './peer-process.js';
import type { PeerTopology } from './topologies.js';

const project = fileURLToPath(new URL('../../peers/kafka-streams', import.meta.url));

/** Starts topologies of Kafka Streams. */
export type KafkaStreams = (topology: PeerTopology) => PeerProcess;

/** The class path of the Java program, or the reason why it cannot be built. */
type BuiltPeer = { readonly classes: string } | { readonly missing: string };

/**
 * Builds the Java program, once per version, into the user's cache.
 */
export const buildPeer = (): BuiltPeer => {
  for (const tool of ['javac', 'mvn']) {
    if (spawnSync(tool, ['-version']).error !== undefined)
      return { missing: `${tool} is not installed: install a JDK 17 and Maven` };
  }
  const folder = builtFolder();
  if (!existsSync(folder)) {
    const part = `${folder}.${process.pid}`;
    const { status } = spawnSync('mvn', ['-B', '-q', '-f', project, `-Dfolder=${part}`, 'package'], {
      stdio: ['ignore', 2, 'inherit'],
    });
    if (status !== 0) {
      rmSync(part, { recursive: true, force: true });
      return { missing: 'the Java program could not be built' };
    }
    renameSync(part, folder);
  }
  return { classes: `${join(folder, 'classes')}:${join(folder, 'jars', '*')}` };
};

/** Returns the start of topologies in process with values of so many bytes, or the reason why the Java program cannot be built. */
export const kafkaStreams = (bytes: number): KafkaStreams | string => {
  const built = buildPeer();
  if ('missing' in built) return built.missing;
  return ({ name, topics }) =>
    peerProcess('java', ['-Xmx2g', '-cp', built.classes, 'peers.Peer', name, `${bytes}`, ...topics]);
};

const builtFolder = (): string => {
  const hash = createHash('sha256').update(readFileSync(join(project, 'pom.xml')));
  const sources = join(project, 'src/main/java/peers');
  for (const file of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, file)));
  return cacheFolder(`kafka-streams-peer-${hash.digest('hex').slice(0, 12)}`);
};
