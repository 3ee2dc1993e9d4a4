import { noHeaders, type Received } from '@kstreams/core/graph';
import { measuredTask } from './measured-task.js';
import type { PeerTopology } from './topologies.js';

/** The costs of a round. */
export interface Round {
  readonly records: number;
  /** The number of records sent to the output topic. */
  readonly sent: number;
  /** Wall-clock time, in s. */
  readonly wall: number;
  /** CPU time of the whole process, in s. */
  readonly cpu: number;
}

const batchSize = 1_000;
const commitSize = 100_000;
const keys = Array.from({ length: 10_000 }, (_, i) => Buffer.from(`key-${i}`));

/**
 * Opens a topology, whose values have so many bytes. Returns a function that processes so many records; making the input
 * does not count.
 */
export const measuredRounds = async (
  topology: PeerTopology,
  bytes = 100,
): Promise<(records: number) => Promise<Round>> => {
  const value = Buffer.alloc(bytes, 'v');
  const task = await measuredTask(topology.build());
  const offsets = topology.topics.map(() => 0);
  let [seed, time, uncommitted] = [1, 0, 0];
  /** The numbers of `Peer.java`. */
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0;
    return (seed >>> 8) % keys.length;
  };
  const batch = (): Received[] =>
    topology.topics.flatMap((topic, index) =>
      Array.from({ length: batchSize }, (_, i) => ({
        topic,
        partition: 0,
        offset: (offsets[index] as number)++,
        timestamp: time + Math.floor(i / 10),
        key: Buffer.from(keys[random()] as Buffer),
        value: Buffer.from(value),
        headers: noHeaders,
      })),
    );
  return async (records) => {
    const sentBefore = task.sent;
    let [done, wall, cpu] = [0, 0, 0];
    while (done < records) {
      const received = batch();
      time += batchSize / 10;
      const cpuBefore = cpuSeconds();
      const wallBefore = performance.now();
      const processed = task.process(received);
      done += processed;
      uncommitted += processed;
      if (uncommitted >= commitSize) {
        await task.commit();
        uncommitted = 0;
      }
      wall += (performance.now() - wallBefore) / 1_000;
      cpu += cpuSeconds() - cpuBefore;
    }
    return { records: done, sent: task.sent - sentBefore, wall, cpu };
  };
};

const cpuSeconds = (): number => {
  const { system, user } = process.cpuUsage();
  return (system + user) / 1_000_000;
};
