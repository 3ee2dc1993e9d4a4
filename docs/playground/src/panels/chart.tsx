import { instant } from '@kstreams/ui/format';
import { computed, signal } from '@preact/signals';
import { outputs } from '../model/outputs.js';
import { linesOf, numbersIn } from './series.js';

const topic = signal<string | undefined>(undefined);
const field = signal<string | undefined>(undefined);

const topics = computed(() => [...new Set(outputs.value.map((one) => one.topic))]);
const shownTopic = computed(() => (topics.value.includes(topic.value ?? '') ? topic.value : topics.value[0]));
const shown = computed(() => outputs.value.filter((one) => one.topic === shownTopic.value));
const fields = computed(() => numbersIn(shown.value));
const shownField = computed(() => (fields.value.includes(field.value ?? '') ? field.value : fields.value[0]));

const [width, height, left, bottom] = [640, 260, 52, 26];

/** The numbers of an output topic over time, one line for each of the busiest keys. */
export const Chart = () => {
  const name = shownField.value;
  if (name === undefined) return <p class="nothing">There are no numbers in the output to draw.</p>;
  const lines = linesOf(shown.value, name);
  const points = lines.flatMap((line) => line.points);
  const [minX, maxX] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [minY, maxY] = [Math.min(0, ...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))];
  const toX = (x: number): number => left + ((x - minX) / (maxX - minX || 1)) * (width - left - 14);
  const toY = (y: number): number => height - bottom - ((y - minY) / (maxY - minY || 1)) * (height - bottom - 12);
  const marks = [minY, (minY + maxY) / 2, maxY];
  return (
    <figure class="chart">
      <div class="choices">
        <Choice label="topic" value={shownTopic.value} of={topics.value} set={(one) => (topic.value = one)} />
        <Choice label="number" value={name} of={fields.value} set={(one) => (field.value = one)} />
      </div>
      <figcaption>
        {lines.map(({ key }, i) => (
          <span key={key} class={`line-${i % 6}`}>
            {key}
          </span>
        ))}
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${name} of ${shownTopic.value} over time`}>
        {marks.map((y) => (
          <g class="mark" key={y}>
            <line x1={left} x2={width - 14} y1={toY(y)} y2={toY(y)} />
            <text x={left - 6} y={toY(y) + 4}>
              {Number(y.toPrecision(4)).toLocaleString('en')}
            </text>
          </g>
        ))}
        <text class="from" x={left} y={height - 6}>
          {instant(minX)}
        </text>
        <text class="to" x={width - 14} y={height - 6}>
          {instant(maxX)}
        </text>
        {lines.map(({ key, points: own }, i) => (
          <g key={key} class={`line line-${i % 6}`}>
            <polyline points={own.map(({ x, y }) => `${toX(x)},${toY(y)}`).join(' ')} />
            {own.length < 80 && own.map(({ x, y }, n) => <circle key={`${n}`} cx={toX(x)} cy={toY(y)} r="2.4" />)}
          </g>
        ))}
      </svg>
    </figure>
  );
};

const Choice = ({
  label,
  value,
  of,
  set,
}: {
  label: string;
  value: string | undefined;
  of: readonly string[];
  set: (one: string) => void;
}) =>
  of.length < 2 ? null : (
    <label>
      {label}{' '}
      <select value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        {of.map((one) => (
          <option key={one} value={one}>
            {one === '' ? 'value' : one}
          </option>
        ))}
      </select>
    </label>
  );
