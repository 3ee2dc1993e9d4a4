import type { Page, PlacedRow } from './local-reads.js';
import { compareRows } from './merge-scans.js';
import type { ScanQuery } from './query.js';

/** Returns the next page of a scan from the next pages of its parts, each of which holds other partitions. */
export const mergePages = (
  pages: readonly Page[],
  { limit, reverse }: Pick<ScanQuery, 'limit' | 'reverse'>,
  maxBytes: number,
): Page => {
  const order = (a: PlacedRow, b: PlacedRow): number => (reverse ? -compareRows(a, b) : compareRows(a, b));
  // A part that has more rows may have some before the last ones of the other parts.
  const ends = pages.flatMap(({ more, rows }) => (more ? (rows.at(-1) ?? []) : []));
  const known = pages.flatMap(({ rows }) => rows).sort(order);
  const sure = known.filter((row) => ends.every((end) => order(row, end) <= 0));
  const rows: PlacedRow[] = [];
  let bytes = 0;
  for (const row of sure) {
    bytes += Buffer.byteLength(row.json);
    if (rows.length === limit || (bytes > maxBytes && rows.length > 0)) break;
    rows.push(row);
  }
  const stale = pages.flatMap(({ stale: some }) => some);
  return { rows, more: rows.length < known.length || pages.some(({ more }) => more), stale };
};
