/** Draws records on a time line with windows below, as SVG for light and dark pages. */

/** A record on the time line. */
export interface Dot {
  readonly at: number;
  readonly label: string;
  /** Index of its line, from the top; 0 by default. */
  readonly line?: number;
}

/** A window of time, from `from` to before `to`. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** A line between two joined records. */
export interface Link {
  readonly from: Dot;
  readonly to: Dot;
}

export interface Picture {
  readonly from: number;
  readonly to: number;
  readonly dots: readonly Dot[];
  readonly bars: readonly Bar[];
  readonly links?: readonly Link[];
  /** The names of the lines, from the top. */
  readonly lines?: readonly string[];
  readonly tick: number;
  readonly offset?: number;
  readonly time: (time: number) => string;
}

const [width, left, right, top, lineHeight, barHeight] = [720, 76, 20, 26, 44, 26];
export const [ink, faint, accent, fill] = ['#8089a0', '#8089a055', '#3b6ef5', '#3b6ef52e'];

/** Returns the picture as SVG. */
export const svg = ({ from, to, dots, bars, links = [], lines = [''], tick, offset = 0, time }: Picture): string => {
  const x = (at: number): number =>
    left + ((Math.min(Math.max(at, from), to) - from) / (to - from)) * (width - left - right);
  const lineOf = ({ line = 0 }: Dot): number => top + line * lineHeight;
  const lanes = lanesOf(bars);
  const barsTop = top + (lines.length - 1) * lineHeight + 24;
  const height = barsTop + (Math.max(-1, ...lanes) + 1) * (barHeight + 6) + 30;
  const parts: string[] = [];
  for (let at = Math.ceil((from - offset) / tick) * tick + offset; at <= to; at += tick) {
    parts.push(`<line x1="${x(at)}" x2="${x(at)}" y1="12" y2="${height - 22}" stroke="${faint}"/>`);
    parts.push(text(x(at), height - 8, time(at), 'middle', ink, 11));
  }
  for (const [at, name] of lines.entries()) {
    const y = top + at * lineHeight;
    parts.push(`<line x1="${left}" x2="${width - right}" y1="${y}" y2="${y}" stroke="${ink}"/>`);
    parts.push(text(left - 10, y + 4, name === '' ? 'records' : name, 'end', ink, 12));
  }
  for (const link of links) {
    parts.push(
      `<line x1="${x(link.from.at)}" y1="${lineOf(link.from)}" x2="${x(link.to.at)}" y2="${lineOf(link.to)}" stroke="${accent}" stroke-width="1.6"/>`,
    );
  }
  for (const dot of dots) {
    parts.push(`<circle cx="${x(dot.at)}" cy="${lineOf(dot)}" r="5" fill="${accent}"/>`);
    if (lines.length > 1) parts.push(text(x(dot.at), lineOf(dot) - 10, dot.label, 'middle', ink, 11));
  }
  for (const [at, bar] of bars.entries()) {
    const y = barsTop + (lanes[at] as number) * (barHeight + 6);
    const [start, end] = [x(bar.from), x(bar.to)];
    parts.push(
      `<rect x="${start}" y="${y}" width="${Math.max(3, end - start)}" height="${barHeight}" rx="5" fill="${fill}" stroke="${accent}"/>`,
    );
    parts.push(text((start + end) / 2, y + 17, bar.label, 'middle', accent, 12));
  }
  return document(width, height, parts);
};

/** Returns an SVG of a size, in px, with these parts. */
export const document = (width: number, height: number, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">${parts.join('')}</svg>\n`;

export const text = (x: number, y: number, content: string, anchor: string, color: string, size: number): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${color}" font-size="${size}">${content}</text>`;

/** Returns the first lane for each bar in which it overlaps no other. */
const lanesOf = (bars: readonly Bar[]): readonly number[] => {
  const ends: number[] = [];
  const order = bars.map((bar, at) => ({ bar, at })).sort((a, b) => a.bar.from - b.bar.from || a.bar.to - b.bar.to);
  const lanes: number[] = [];
  for (const { bar, at } of order) {
    const free = ends.findIndex((end) => end <= bar.from);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = bar.to;
    lanes[at] = lane;
  }
  return lanes;
};
