import type { Guarantee, Streams } from 'kstreams';
import type { NewTopic, Received } from 'kstreams/authors';

/**
 * A part of the workload: steps of the application, their input and the output that is expected of them. Processes of the
 * application call `build` only; the run calls the rest, and keeps in the part what it wrote.
 */
export interface Part {
  /** The topics of the part, created before the processes start. */
  readonly topics: readonly NewTopic[];
  /** The names of its input topics: the run waits until their records are committed. */
  readonly inputs: readonly string[];
  /** Adds the steps of the part. */
  readonly build: (app: Streams) => void;
  /** Writes the records of one moment. `moment` counts up from 0, at the rate of the traffic. */
  readonly write: (moment: number, send: Send) => void;
  /** Compares the committed output with the expected one. */
  readonly judge: (read: Read, guarantee: Guarantee) => Promise<Judgement>;
}

/** Writes one record, to the partition of its key. */
export type Send = (topic: string, key: string, value: string) => void;

/** Reads all committed records of a topic. */
export type Read = (topic: string) => Promise<readonly Received[]>;

/** The outcome of a part. */
export interface Judgement {
  /** True when all expected output has arrived. */
  readonly complete: boolean;
  readonly problems: readonly string[];
  /** One line of figures. */
  readonly summary: string;
}
