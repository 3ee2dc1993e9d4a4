/** One run of one side, made ready but not begun. Only `run` is timed. */
export interface Trial {
  /** The work that is measured. */
  run(): void | Promise<void>;
  /** A number made of all that the run brought about; both sides must come to the same. */
  result(): number | Promise<number>;
  /** Removes what the trial made. */
  close?(): Promise<void>;
}

/** Makes a trial ready to handle so many of the benchmark's units. */
export type Side = (size: number) => Trial | Promise<Trial>;

/** The same work done twice: by kstreams, and by hand. */
export interface Benchmark {
  readonly name: string;
  /** What the two sides are, in a line. */
  readonly compares: string;
  /** What is counted. */
  readonly unit: string;
  /** How many units one run handles. */
  readonly size: number;
  readonly kstreams: Side;
  readonly byHand: Side;
}
