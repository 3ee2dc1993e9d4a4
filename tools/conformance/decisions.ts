/** Kinds of cases that may differ from the reference, each by a decision in `docs/decisions`. All begin with `reference-`. */
const decisions: readonly (readonly [kind: string, decision: string])[] = [
  ['reference-defect: sliding windows with time difference 0', '0010-sliding-windows-have-a-length'],
  ['reference-defect: stream-table leftJoin with grace, null stream key', '0013-a-null-key-waits-for-nobody'],
  ['reference-oddity: suppress then groupBy', '0025-an-old-value-is-one-that-was-sent'],
];

const joinsOfOneTable = ['InnerInner', 'InnerOuter', 'OuterInner', 'OuterOuter'];
const composites = (...numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => `composite-11-${number}`);

/** Cases of other kinds that record a defect, by decision. Every other case must be equal. */
const defects: Readonly<Record<string, readonly string[]>> = {
  '0023-a-session-of-one-instant-counts-it-whole': [
    'KGroupedStreamImpl.sessionGapOfZeroShouldOnlyPutRecordsWithSameTsIntoSameSession',
    'random/session gap=0 grace=5 aggregate emit-close/2',
  ],
  '0024-a-join-reads-what-was-forwarded-to-it': [
    ...joinsOfOneTable.flatMap((kinds) => [`TableTableJoin.${kinds}`, `TableTableJoin.${kinds}/cached`]),
    ...composites(75, 125, 131),
  ],
  '0025-an-old-value-is-one-that-was-sent': [
    'random/suppress table source time-limit then group/0',
    'random/suppress table source time-limit then group/2',
    ...composites(9, 49, 77, 112, 114, 126, 129, 139, 144, 156, 163),
  ],
  '0026-a-response-counts-for-the-foreign-key': composites(99, 124),
  '0028-sessions-of-a-key-never-overlap': [
    'random/session gap=5 grace=10 aggregate emit-close/0',
    'random/sliding diff=5 grace=3 aggregate emit-update/2',
  ],
};

/** Returns the decision by which a case may differ. */
export const decisionOn = ({ kind, name }: { readonly kind: string; readonly name: string }): string | undefined =>
  kind.startsWith('reference-')
    ? decisions.find(([named]) => kind.startsWith(named))?.[1]
    : Object.entries(defects).find(([, names]) => names.includes(name))?.[0];
