import { type Bytes, bytesToId, type Outgoing, type Plan, partitionId, type Received } from '@kstreams/core/graph';
import { latestOf } from '../log-contents.js';
import type { Replayed, Written } from '../replay/replay.js';
import type { InvariantChecker } from './invariant-checker.js';

/** Compares the log with the output of the replay. Returns the first difference, or undefined. */
export const outputMismatch = (
  plan: Plan,
  records: readonly Received[],
  { written, changelogs }: Replayed,
  invariants: InvariantChecker,
): string | undefined => {
  const actual = groupBy([...purgedOf(records, invariants), ...records], placeOf);
  const expected = groupBy(written, ({ record }) => placeOf(record));
  for (const [place, wanted] of expected) {
    const problem = differenceOf(place, actual.get(place) ?? [], wanted);
    if (problem !== undefined) return problem;
  }
  const outputs = new Set(written.map(({ record }) => record.topic));
  for (const [place, found] of actual) {
    const [{ topic }] = found as [Received];
    if (topic.startsWith(`${plan.name}-`) && topic.endsWith('-changelog')) {
      const problem = changelogDifference(place, found, changelogs.get(place) ?? new Map());
      if (problem !== undefined) return problem;
    } else if (outputs.has(topic) && !expected.has(place)) return `${place} has ${found.length} records, expected none`;
  }
  for (const [place, latest] of changelogs) {
    if (latest.size > 0 && !actual.has(place)) return `the changelog ${place} is empty, expected ${latest.size} keys`;
  }
  return undefined;
};

/** Returns the place of a record whose order counts: its partition, or its topic if it has no key and went to any partition. */
const placeOf = (record: Outgoing | Received): string => (record.key === null ? record.topic : partitionId(record));

/** Returns the records that were read, and purged or compacted since, in the order of each partition. */
const purgedOf = (records: readonly Received[], invariants: InvariantChecker): readonly Received[] => {
  const left = groupBy(records, partitionId);
  return invariants
    .everRead()
    .filter((read) => read.offset < (left.get(partitionId(read))?.[0]?.offset ?? Number.POSITIVE_INFINITY));
};

/**
 * Compares one place key by key. Records of a key written by one task keep their order; those of several tasks, and those
 * without a key, may come in any order.
 */
const differenceOf = (place: string, found: readonly Received[], wanted: readonly Written[]): string | undefined => {
  const foundByKey = groupBy(found, ({ key }) => shownBytes(key));
  const wantedByKey = groupBy(wanted, ({ record }) => shownBytes(record.key));
  for (const key of new Set([...foundByKey.keys(), ...wantedByKey.keys()])) {
    const have = (foundByKey.get(key) ?? []).map(shownRecord);
    const want = (wantedByKey.get(key) ?? []).map(({ record }) => shownRecord(record));
    const tasks = new Set((wantedByKey.get(key) ?? []).map(({ task }) => task));
    if (tasks.size > 1 || key === noKey) {
      have.sort();
      want.sort();
    }
    const at = Array.from({ length: Math.max(have.length, want.length) }, (_, i) => i).find((i) => have[i] !== want[i]);
    if (at !== undefined) {
      return `${place}, key ${key}: record ${at} is ${have[at]}, expected ${want[at]} (${have.length} for ${want.length})`;
    }
  }
  return undefined;
};

const changelogDifference = (
  place: string,
  found: readonly Received[],
  wanted: ReadonlyMap<string, Outgoing>,
): string | undefined => {
  const latest = new Map(latestOf(found).map((one) => [bytesToId(one.key as Bytes), one]));
  for (const key of new Set([...latest.keys(), ...wanted.keys()])) {
    const [have, want] = [latest.get(key), wanted.get(key)];
    const [shownHave, shownWant] = [have && shownRecord(have), want && shownRecord(want)];
    if (shownHave !== shownWant) {
      return `the changelog ${place} ends with ${shownHave} for key ${JSON.stringify(key)}, expected ${shownWant}`;
    }
  }
  return undefined;
};

const noKey = 'null';
const shownBytes = (bytes: Bytes | null): string => (bytes === null ? noKey : JSON.stringify(bytesToId(bytes)));

const shownRecord = ({ key, value, timestamp }: Outgoing | Received): string =>
  `${shownBytes(key)} = ${shownBytes(value)} at ${timestamp}`;

const groupBy = <T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one)) ?? [];
    groups.set(keyOf(one), group);
    group.push(one);
  }
  return groups;
};
