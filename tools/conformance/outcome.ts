/** What came of a case. */
export interface Outcome {
  readonly result: 'equal' | 'differ' | 'unsupported' | 'set aside';
  /** For people: what is unsupported, the difference found, or the decision that sets the case aside. */
  readonly why: string;
}

export const equal: Outcome = { result: 'equal', why: '' };
