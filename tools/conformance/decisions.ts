/**
 * Kinds of cases that may differ from the reference, each by a decision in `docs/decisions`. All begin with `reference-`;
 * every other case must be equal.
 */
const decisions: readonly (readonly [kind: string, decision: string])[] = [
  ['reference-defect: sliding windows with time difference 0', '0010-sliding-windows-have-a-length'],
  ['reference-defect: stream-table leftJoin with grace, null stream key', '0013-a-null-key-waits-for-nobody'],
];

/** Returns the decision by which a case of this kind may differ. */
export const decisionOn = (kind: string): string | undefined =>
  kind.startsWith('reference-') ? decisions.find(([named]) => kind.startsWith(named))?.[1] : undefined;
