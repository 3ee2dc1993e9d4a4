type Cell = string | number | undefined;

/** Returns the lines of a table with aligned columns, numbers at the right; an absent cell is a `-`. */
export const textTable = (columns: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] => {
  const cells = [columns, ...rows].map((row) => row.map((cell) => String(cell ?? '-')));
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const numeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] !== 'string'));
  const aligned = (cell: string, at: number): string =>
    numeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
  return cells.map((row) => row.map(aligned).join('  ').trimEnd());
};

/** Returns a count with its noun: `1 record`, `2 records`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
