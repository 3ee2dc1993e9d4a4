/** Draws the figures of docs/benchmarks as charts. */
import { readFileSync } from 'node:fs';
import { accent, document, faint, fill, ink, text } from './svg.js';

interface Rate {
  readonly wall: number;
}

interface Peers {
  readonly comparisons: readonly { readonly name: string; readonly kstreams: Rate; readonly kafkaStreams: Rate }[];
}

interface Curve {
  readonly name: string;
  readonly costs: readonly { readonly size: number; readonly µs: number }[];
}

const figuresOf = <R>(name: string): R =>
  (JSON.parse(readFileSync(new URL(`../benchmarks/${name}.json`, import.meta.url), 'utf8')) as { result: R }).result;

const width = 720;

/** Returns bars of the rates of topologies, in million records per second, beside those of Kafka Streams. */
const peersPicture = (): string => {
  const { comparisons } = figuresOf<Peers>('peers');
  const [left, top, rowHeight, barHeight] = [150, 40, 52, 17];
  const most = Math.max(...comparisons.flatMap(({ kafkaStreams, kstreams }) => [kstreams.wall, kafkaStreams.wall]));
  const scale = (width - left - 60) / most;
  const bar = (y: number, rate: number, color: string): string =>
    `<rect x="${left}" y="${y}" width="${rate * scale}" height="${barHeight}" rx="3" fill="${color}"/>` +
    text(left + rate * scale + 8, y + 13, (rate / 1e6).toFixed(2), 'start', ink, 12);
  const rows = comparisons.map(({ kafkaStreams, kstreams, name }, at) => {
    const y = top + at * rowHeight;
    const label = text(left - 12, y + barHeight + 5, name, 'end', ink, 13);
    return label + bar(y, kstreams.wall, accent) + bar(y + barHeight + 3, kafkaStreams.wall, ink);
  });
  const key = [
    [left, accent, 'kstreams'],
    [left + 110, ink, 'Kafka Streams'],
  ] as const;
  const legend = key.map(
    ([x, color, name]) =>
      `<rect x="${x}" y="8" width="12" height="12" rx="3" fill="${color}"/>${text(x + 18, 18, name, 'start', ink, 12)}`,
  );
  return document(width, top + comparisons.length * rowHeight, [...legend, ...rows]);
};

/** Returns a small chart of each dimension: the cost of a record against its size, both by their logarithm. */
const curvesPicture = (): string => {
  const { curves } = figuresOf<{ readonly curves: readonly Curve[] }>('curves');
  const [columns, chartWidth, chartHeight, padding] = [3, width / 3, 150, 34];
  const chart = ({ costs, name }: Curve, at: number): string => {
    const [x0, y0] = [(at % columns) * chartWidth + padding, Math.floor(at / columns) * chartHeight + padding];
    const [plotWidth, plotHeight] = [chartWidth - 2 * padding, chartHeight - 2 * padding];
    const logs = (values: readonly number[]): ((value: number) => number) => {
      const [low, high] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
      return (value) => (high === low ? 0.5 : (Math.log(value) - low) / (high - low));
    };
    const x = logs(costs.map(({ size }) => size));
    // A factor of 100 fills a chart, so that a flat line is one.
    const least = Math.min(...costs.map(({ µs }) => µs));
    const y = (µs: number): number => Math.min(1, Math.log(µs / least) / Math.log(100));
    const points = costs.map(({ size, µs }) => [x0 + x(size) * plotWidth, y0 + (1 - y(µs)) * plotHeight] as const);
    return [
      text(x0, y0 - 14, name, 'start', ink, 12),
      `<path d="M${x0} ${y0}V${y0 + plotHeight}H${x0 + plotWidth}" fill="none" stroke="${faint}"/>`,
      `<polyline points="${points.map((point) => point.join(',')).join(' ')}" fill="none" stroke="${accent}" stroke-width="2"/>`,
      ...points.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="4" fill="${fill}" stroke="${accent}"/>`),
      ...costs.map(({ size, µs }, i) => {
        const [px, py] = points[i] as readonly [number, number];
        return (
          text(px, y0 + plotHeight + 15, compact(size), 'middle', ink, 10) +
          text(px, py - 8, µs.toFixed(µs < 10 ? 1 : 0), 'middle', ink, 10)
        );
      }),
    ].join('');
  };
  return document(width, Math.ceil(curves.length / columns) * chartHeight, curves.map(chart));
};

const compact = (size: number): string => new Intl.NumberFormat('en', { notation: 'compact' }).format(size);

/** Returns the charts by their names. */
export const benchmarkPictures = (): Readonly<Record<string, string>> => ({
  'benchmark-peers': peersPicture(),
  'benchmark-curves': curvesPicture(),
});
