/** The outcome of a case. */
export interface Outcome {
  readonly result: 'equal' | 'differ' | 'unsupported' | 'set aside';
  /** A text for people: the unsupported part, the difference, or the decision that sets the case aside. */
  readonly why: string;
}

export const equal: Outcome = { result: 'equal', why: '' };
