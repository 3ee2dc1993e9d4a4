/** Draws how a chain becomes running tasks, as SVG for light and dark pages. */
import { accent, document, faint, fill, ink, text } from './svg.js';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly title: string;
  readonly note: string;
}

const [width, height, boxHeight] = [720, 436, 50];

const box = ({ x, y, width: wide, title, note }: Box): string =>
  [
    `<rect x="${x}" y="${y}" width="${wide}" height="${boxHeight}" rx="7" fill="${fill}" stroke="${accent}"/>`,
    text(x + wide / 2, y + 21, title, 'middle', accent, 14),
    text(x + wide / 2, y + 39, note, 'middle', ink, 11),
  ].join('');

/** Returns an arrow from one point to another. */
const arrow = ([x1, y1]: readonly [x: number, y: number], [x2, y2]: readonly [x: number, y: number]): string =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${ink}" marker-end="url(#head)"/>`;

const label = (x: number, y: number, words: string, anchor = 'middle'): string => text(x, y, words, anchor, ink, 11);

const lane = (y: number, high: number, name: string): string =>
  `<rect x="6" y="${y}" width="${width - 12}" height="${high}" rx="9" fill="none" stroke="${faint}"/>` +
  label(18, y + 18, name, 'start');

/** Returns the picture of the architecture page. */
export const architecturePicture = (): string =>
  document(width, height, [
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${ink}"/></marker></defs>`,
    lane(8, 102, 'before the start: core, windowing, joins'),
    box({ x: 24, y: 44, width: 178, title: 'chain', note: 'stream().map().groupBy()…' }),
    arrow([202, 69], [272, 69]),
    label(237, 61, 'appends'),
    box({ x: 272, y: 44, width: 170, title: 'topology', note: 'nodes, topics, stores' }),
    arrow([442, 69], [512, 69]),
    label(477, 61, 'passes'),
    box({ x: 512, y: 44, width: 184, title: 'plan', note: 'sub-topologies, internal topics' }),
    arrow([604, 94], [604, 164]),
    label(596, 124, 'compile, once per sub-topology and partition', 'end'),
    lane(132, 204, 'a worker: runtime'),
    box({ x: 24, y: 164, width: 178, title: 'poll', note: 'records of partitions' }),
    arrow([202, 189], [512, 189]),
    label(357, 181, 'the oldest record first'),
    box({ x: 512, y: 164, width: 184, title: 'task', note: 'one closure per source' }),
    arrow([604, 214], [604, 270]),
    label(596, 246, 'output, changed rows', 'end'),
    box({ x: 512, y: 270, width: 184, title: 'collector', note: 'to topics and changelogs' }),
    arrow([512, 295], [442, 295]),
    box({ x: 272, y: 270, width: 170, title: 'commit', note: 'flush, offsets, stores' }),
    arrow([272, 295], [242, 295]),
    label(257, 287, 'rows'),
    box({ x: 72, y: 270, width: 170, title: 'state', note: 'memory, Level, Redis, …' }),
    box({ x: 24, y: 374, width: 672, title: 'log', note: 'embedded, Kafka' }),
    arrow([44, 374], [44, 214]),
    label(52, 358, 'records', 'start'),
    arrow([357, 320], [357, 374]),
    label(365, 358, 'offsets', 'start'),
    arrow([604, 320], [604, 374]),
    label(612, 358, 'records', 'start'),
  ]);
