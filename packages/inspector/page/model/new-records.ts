import type { ProcessTail, SampledRecord } from '../../src/protocol.js';

/** A sampled record with an id that is unique on the page. */
export interface IdentifiedRecord extends Omit<SampledRecord, 'number'> {
  readonly id: string;
  readonly value: unknown;
}

/** The last record that was read of a process. */
export interface LastRead {
  readonly number: number;
  /** The number of times that its tail was begun again. */
  readonly round: number;
}

/** Returns the records of a tail that are newer than the last ones of their processes, and remembers those. */
export const newRecords = (
  processes: readonly ProcessTail[],
  last: Map<string, LastRead>,
): readonly IdentifiedRecord[] =>
  processes.flatMap(({ instance, records, seen }) => {
    const before = last.get(instance) ?? { number: 0, round: 0 };
    // A process counts from 1 again when its tail was begun again.
    const { number: read, round } = seen < before.number ? { number: 0, round: before.round + 1 } : before;
    const found = records.filter(({ number }) => number > read);
    last.set(instance, { number: found.at(-1)?.number ?? read, round });
    return found.map(({ number, ...record }) => ({
      ...record,
      value: record.value,
      id: `${instance} ${round} ${number}`,
      details: { ...record.details, ...(processes.length > 1 && { process: instance }) },
    }));
  });
