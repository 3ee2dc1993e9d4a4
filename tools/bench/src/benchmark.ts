/** One prepared run of one side. Only `run` is timed. */
export interface Trial {
  /** Runs the measured work. */
  run(): void | Promise<void>;
  /** A checksum of the results, equal for both sides. */
  result(): number | Promise<number>;
  /** Removes the files and topics of the trial. */
  close?(): Promise<void>;
}

/** Prepares a trial for some of the benchmark's units. */
export type Side = (size: number) => Trial | Promise<Trial>;

/** The same work on two sides: by kstreams, and by hand. */
export interface Benchmark {
  readonly name: string;
  /** A description of both sides, in one line. */
  readonly compares: string;
  /** The title of the other side; `by hand` unless set. */
  readonly other?: string;
  /** The counted unit. */
  readonly unit: string;
  /** The number of units per run. */
  readonly size: number;
  readonly kstreams: Side;
  readonly byHand: Side;
}
