import {
  type Bytes,
  bytesToId,
  concatBytes,
  decodePosition,
  encodeRow,
  equalBytes,
  type Plan,
  positionKey,
  type Received,
  rangeOf,
  sourceTopics,
  type TopicDescription,
} from '@kstreams/core/graph';
import { type StorePartition, storePartition } from '@kstreams/runtime';
import { latestOf } from '../log-contents.js';
import type { SimulationOptions } from '../options.js';
import type { Disk } from '../process/disk.js';
import type { Replayed } from '../replay/replay.js';

interface DiskCheck {
  readonly plan: Plan;
  readonly topics: ReadonlyMap<string, TopicDescription>;
  readonly records: readonly Received[];
  readonly disks: readonly Disk[];
  readonly replayed: Replayed | undefined;
  readonly isLoading: SimulationOptions['isLoading'];
}

/**
 * Compares every disk that is up to date with its changelogs, or the source topics that serve as such, and, if given, with
 * the replay. Returns the first difference, or undefined. Changelogs may hold expired rows, whose deletion is not logged.
 */
export const diskMismatch = async (check: DiskCheck): Promise<string | undefined> => {
  for (const place of placesOf(check)) {
    const { changelog, partition, spec } = place;
    if (changelog === undefined || (!changelog.own && spec.kind !== 'key-value')) continue;
    const logged = check.records.filter((one) => one.topic === changelog.topic && one.partition === partition);
    const end = (logged.at(-1)?.offset ?? -1) + 1;
    const rows = rowsOf(place, logged);
    for (const disk of check.disks) {
      const stored = disk.rows.get(bytesToId(positionKey(spec.name, partition)));
      if (stored === undefined || decodePosition(stored).offset < end) continue;
      const keys = { has: (key: string): boolean => disk.rows.get(key) !== undefined };
      if (check.isLoading?.(keys, spec.name, partition) === true) continue;
      const where = `${disk.owner}, store ${spec.name}, partition ${partition}`;
      const problem = problemOf(place, disk, rows) ?? (await replayProblem(place, disk, check.replayed));
      if (problem !== undefined) return `${where}: ${problem}`;
    }
  }
  return undefined;
};

function* placesOf({ plan, topics }: DiskCheck): Generator<StorePartition> {
  for (const { sources, stores } of plan.subtopologies) {
    const counts = sources
      .flatMap((source) => sourceTopics(plan.name, source))
      .map((name) => topics.get(name)?.partitions ?? 0);
    for (const spec of stores) {
      for (let partition = 0; partition < Math.max(0, ...counts); partition++) {
        yield storePartition(plan.name, spec, partition, topics);
      }
    }
  }
}

/** Returns the rows of a changelog by their keys on the disk. */
const rowsOf = ({ prefix }: StorePartition, logged: readonly Received[]): ReadonlyMap<string, Bytes> =>
  new Map(
    latestOf(logged).map(({ key, timestamp, value }) => [
      bytesToId(concatBytes(prefix, key as Bytes)),
      encodeRow(value as Bytes, timestamp),
    ]),
  );

const problemOf = (place: StorePartition, disk: Disk, rows: ReadonlyMap<string, Bytes>): string | undefined => {
  const held = heldBy(place, disk);
  for (const [key, row] of held) {
    const logged = rows.get(key);
    if (logged === undefined) return `the row of ${JSON.stringify(key)} is in no changelog`;
    if (!equalBytes(row, logged)) return `the row of ${JSON.stringify(key)} differs from the changelog`;
  }
  if (place.spec.kind !== 'key-value' || held.size === rows.size) return undefined;
  const missing = [...rows.keys()].find((key) => !held.has(key));
  return `the row of ${JSON.stringify(missing)} is missing`;
};

const replayProblem = async (
  place: StorePartition,
  disk: Disk,
  replayed: Replayed | undefined,
): Promise<string | undefined> => {
  if (replayed === undefined) return undefined;
  const held = heldBy(place, disk);
  for await (const [key, row] of replayed.rows.scan(...rangeOf(place.prefix))) {
    const found = held.get(bytesToId(key));
    if (found === undefined) return `the row of ${JSON.stringify(bytesToId(key))} is missing, but the replay has it`;
    if (!equalBytes(found, row)) return `the row of ${JSON.stringify(bytesToId(key))} differs from the replay`;
  }
  return undefined;
};

const heldBy = ({ prefix }: StorePartition, disk: Disk): ReadonlyMap<string, Bytes> => {
  const [from, to] = rangeOf(prefix);
  return new Map(disk.rows.walk(bytesToId(from), bytesToId(to)));
};
