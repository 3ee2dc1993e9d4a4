/** Kinds of cases that may differ from the reference, each by a decision in `docs/decisions`. All begin with `reference-`. */
const decisions: readonly (readonly [kind: string, decision: string])[] = [
  ['reference-defect: sliding windows with time difference 0', '0010-sliding-windows-have-a-length'],
  ['reference-defect: stream-table leftJoin with grace, null stream key', '0013-a-null-key-waits-for-nobody'],
];

/** Cases of other kinds that record a defect, by name. Every other case must be equal. */
const defects: Readonly<Record<string, string>> = {
  'KGroupedStreamImpl.sessionGapOfZeroShouldOnlyPutRecordsWithSameTsIntoSameSession':
    '0023-a-session-of-one-instant-counts-it-whole',
  'random/session gap=0 grace=5 aggregate emit-close/2': '0023-a-session-of-one-instant-counts-it-whole',
  'random/session gap=5 grace=10 aggregate emit-close/0': '0030-sessions-of-a-key-never-overlap',
  'random/sliding diff=5 grace=3 aggregate emit-update/2': '0030-sessions-of-a-key-never-overlap',
};

/** Returns the decision by which a case may differ. */
export const decisionOn = ({ kind, name }: { readonly kind: string; readonly name: string }): string | undefined =>
  kind.startsWith('reference-') ? decisions.find(([named]) => kind.startsWith(named))?.[1] : defects[name];
