/** The result of one check. */
export interface Finding {
  /** The subject, such as `node` or `state`. */
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'problem';
  /** The file, folder or log. */
  readonly where?: string;
  readonly what: string;
  /** The remedy; absent where all is well, and where an error names it. */
  readonly remedy?: string;
  readonly repair?: Repair;
}

/** A change that mends a finding. */
export interface Repair {
  /** The change in words, such as `moves the rows aside`. */
  readonly change: string;
  /** The data that is lost by it. */
  readonly loses: string;
  /** Mends the finding; resolves to the result in words. */
  readonly run: () => Promise<string>;
}
