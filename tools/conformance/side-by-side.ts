/** Returns expected and found records line by line, with a mark at differences. */
export const sideBySide = (expected: readonly object[], found: readonly object[]): string => {
  const lines = Array.from({ length: Math.max(expected.length, found.length) }, (_, index) =>
    [expected[index], found[index]].map((record) => (record === undefined ? '–' : textOfRecord(record))),
  );
  const width = Math.max('expected'.length, ...lines.map(([left = '']) => left.length));
  const line = (left = '', right = '', mark = ' '): string => `  ${mark} ${left.padEnd(width)}   ${right}`;
  return [
    line('expected', 'found'),
    ...lines.map(([left, right]) => line(left, right, left === right ? ' ' : '≠')),
  ].join('\n');
};

const textOfRecord = (record: object): string => {
  const { key, value, ts } = record as { key: unknown; value: unknown; ts?: number };
  return `${JSON.stringify(key)} → ${JSON.stringify(value)}${ts === undefined ? '' : ` @${ts}`}`;
};
