/** Lays the records and windows of a lane out, in px. */
import { packed } from '../model/axis.js';
import { keyName } from '../model/key-name.js';
import type { Marble, WindowBar } from '../model/marbles.js';
import { valueText } from './format.js';

/** Returns the place of a time, in px. */
export type Scale = (time: number) => number;

/** Limits of rows: of marbles, and of the windows of a key. */
const mostRows = { marbles: 4, windows: 8 };
/** Sizes in px. */
export const rowHeight = 22;
const [letter, dot] = [6.8, 14];

/** A mark of a lane at its place. */
export interface Mark {
  readonly id: string;
  readonly of: Marble | WindowBar;
  readonly style: Readonly<Record<string, string>>;
  readonly text: string;
  readonly kind: string;
}

/** The marks of a lane, with the number of their rows. */
export interface Marks {
  readonly marks: readonly Mark[];
  readonly rows: number;
}

const short = (text: string): string => (text.length > 14 ? `${text.slice(0, 13)}…` : text);

const place = (left: number, row: number, width?: number): Mark['style'] => ({
  left: `${left}px`,
  top: `${row * rowHeight}px`,
  ...(width === undefined ? {} : { width: `${width}px` }),
});

/** Returns the marbles with their text where all have room for it, else as dots. */
export const marbleMarks = (all: readonly Marble[], toX: Scale): Marks => {
  const texts = all.map(({ record }) => short(`${keyName(record.key)} ${valueText(record.value)}`));
  const spanOf = (width: (n: number) => number) =>
    all.map(({ record }, n) => {
      const left = toX(record.timestamp) - dot / 2;
      return { left, right: left + width(n) };
    });
  const written = packed(
    spanOf((n) => (texts[n]?.length ?? 0) * letter + dot + 10),
    mostRows.marbles,
  );
  const { rows } = written.fits
    ? written
    : packed(
        spanOf(() => dot + 1),
        mostRows.marbles,
      );
  const marks = all.map(({ late, record, step, index }, n): Mark => {
    const text = written.fits ? (texts[n] ?? '') : '';
    return {
      id: `${step} ${index ?? 'in'}`,
      of: all[n] as Marble,
      style: place(toX(record.timestamp) - dot / 2, rows[n] ?? 0),
      text,
      kind: `marble${late ? ' late' : ''}`,
    };
  });
  return { marks, rows: Math.max(0, ...rows) + 1 };
};

/** Returns the windows as bars, those of a key below each other. */
export const windowMarks = (all: readonly WindowBar[], toX: Scale, streamTime: number): Marks => {
  const byKey = new Map<string, WindowBar[]>();
  for (const bar of all) {
    const key = keyName(bar.record.key);
    byKey.set(key, [...(byKey.get(key) ?? []), bar]);
  }
  let above = 0;
  const marks: Mark[] = [];
  for (const bars of byKey.values()) {
    const spans = bars.map(({ from, to }) => ({ left: toX(from), right: Math.max(toX(to), toX(from) + 4) }));
    const { rows } = packed(spans, mostRows.windows);
    for (const [n, bar] of bars.entries()) {
      const { left, right } = spans[n] as { left: number; right: number };
      marks.push({
        id: `${bar.step} ${bar.index}`,
        of: bar,
        style: place(left, above + (rows[n] ?? 0), right - left - 1),
        text: `${keyName(bar.record.key)} ${valueText(bar.record.value)}`,
        kind: `window${bar.to > streamTime ? ' open' : ''}`,
      });
    }
    above += Math.max(0, ...rows) + 1;
  }
  return { marks, rows: above };
};
