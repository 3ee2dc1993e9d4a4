/** The tables of docs/benchmarks.md, made from the figures in docs/benchmarks. */
import { curves } from '../curves/curves.js';
import type { PeerComparison, PeerRatio } from '../peers/compare-peers.js';

interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
}

/** A measurement: its day, the arguments of `npm run bench`, and its output. */
export interface Figures<R> {
  readonly date: string;
  readonly command: string;
  readonly result: Machine & R;
}

/** Peers without the rates per CPU second, which the table does not have. */
interface Peers {
  readonly comparisons: readonly (Pick<PeerComparison, 'name' | 'ratio'> & {
    readonly kstreams: { readonly wall: number };
    readonly kafkaStreams: { readonly wall: number };
  })[];
}

interface Curves {
  readonly curves: readonly {
    readonly name: string;
    readonly costs: readonly { readonly size: number; readonly µs: number }[];
  }[];
}

const origin = ({ command, date, result: { cores, cpu, node } }: Figures<object>): string =>
  `\`npm run bench -- ${command}\`, ${date}, Node ${node}, ${cores} × ${cpu}`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '--'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const millions = (rate: number): string => (rate / 1e6).toFixed(2);
const range = ({ highest, lowest, median }: PeerRatio): string =>
  `${median.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;

/** Returns peers as a table, and the topologies that are behind. */
const peers = (figures: Figures<Peers>): string => {
  const { comparisons } = figures.result;
  const behind = comparisons.filter(({ ratio }) => ratio.wall.median < 1).map(({ name }) => name);
  return [
    `In million records per second of wall-clock time, medians; ${origin(figures)}:`,
    '![The rates of each topology beside those of Kafka Streams](/pictures/benchmark-peers.svg)',
    table(
      ['topology', 'kstreams', 'Kafka Streams 4.3', 'ratio (range)', 'ratio by CPU time (range)'],
      comparisons.map(({ kafkaStreams, kstreams, name, ratio }) => [
        name,
        millions(kstreams.wall),
        millions(kafkaStreams.wall),
        range(ratio.wall),
        range(ratio.cpu),
      ]),
    ),
    `Behind Kafka Streams: ${behind.length === 0 ? 'none of these' : behind.join(', ')}.`,
  ].join('\n\n');
};

const costs = (figures: Figures<Curves>): string =>
  [
    `In µs of processor time per record; ${origin(figures)}:`,
    '![The cost of a record against the size of each dimension](/pictures/benchmark-curves.svg)',
    table(
      ['dimension', 'size: cost', 'expected'],
      figures.result.curves.map(({ costs, name }) => [
        name,
        costs.map(({ size, µs }) => `${size.toLocaleString('en')}: ${µs.toFixed(2)}`).join(', '),
        curves.find((curve) => curve.name === name)?.theory ?? '',
      ]),
    ),
  ].join('\n\n');

/** A section of the page, and the arguments of `npm run bench` that measure it. */
export interface Section {
  readonly name: string;
  readonly args: readonly string[];
  /** Returns the section in Markdown, from the JSON of its figures. */
  readonly markdown: (json: string) => string;
}

export const sections: readonly Section[] = [
  { name: 'peers', args: ['peers'], markdown: (json) => peers(JSON.parse(json)) },
  { name: 'curves', args: ['curves'], markdown: (json) => costs(JSON.parse(json)) },
];
