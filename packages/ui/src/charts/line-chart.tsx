import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { timeOfDay } from '../format.js';

/** A line of a chart: one value per instant; null for none. */
export interface ChartLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Options of {@link LineChart}. */
export interface LineChartOptions {
  readonly label: string;
  /** The instants, in ms, ascending. */
  readonly instants: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Formats a value. */
  readonly format: (value: number) => string;
  /** In pixels; 130 unless given. */
  readonly height?: number;
}

/** The colours of lines, as custom properties of the style sheet. */
const colours = ['--accent', '--warm', '--green', '--red', '--violet', '--teal'];

/** Lines over time. */
export const LineChart = ({ format, height = 130, instants, label, lines }: LineChartOptions) => {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const names = lines.map(({ name }) => name).join('\n');
  const data = [instants.map((one) => one / 1_000), ...lines.map(({ values }) => values)] as uPlot.AlignedData;
  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const style = getComputedStyle(element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--border'), width: 1 }, ticks: { show: false } };
    const plot = new uPlot(
      {
        width: Math.max(120, element.clientWidth),
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          y: { range: (_, low, high) => [Math.min(0, low ?? 0), high === 0 || high === null ? 1 : high * 1.1] },
        },
        axes: [
          {
            ...axis,
            size: 26,
            space: 74,
            font: '11px system-ui',
            values: (_, seconds) => seconds.map((one) => timeOfDay(one * 1_000)),
          },
          { ...axis, size: 62, font: '11px system-ui', values: (_, values) => values.map(format) },
        ],
        series: [
          {},
          ...lines.map(({ name }, at) => ({
            label: name,
            stroke: colour(colours[at % colours.length] as string),
            width: 1.6,
            points: { show: false },
            spanGaps: false,
          })),
        ],
      },
      data,
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(120, element.clientWidth), height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [names, height]);
  useEffect(() => chart.current?.setData(data));
  const latest = lines.map(({ name, values }) => `${name} ${textOf(values.at(-1), format)}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        {label}
        {lines.map(({ name, values }, at) => (
          <span key={name} class={`line-${at % colours.length}`}>
            {lines.length > 1 ? `${name} ` : ''}
            <b>{textOf(values.at(-1), format)}</b>
          </span>
        ))}
      </figcaption>
      <div ref={place} role="img" aria-label={`${label}: ${latest}`} />
    </figure>
  );
};

const textOf = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? '–' : format(value);
