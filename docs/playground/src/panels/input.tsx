import { dataSets } from '../input/data.js';
import { defaultCounts, defaultGenerator, defaultInput } from '../input/default-input.js';
import { beginning } from '../input/generate.js';
import { driven, input, sources } from '../model/run.js';
import { choices, choose, clock, setClock, shapes } from '../model/snippet.js';
import type { DataSet, Generator, InputChoice, SourceTopic } from '../run/messages.js';
import { FileButton } from './file-button.js';
import { InputTable } from './input-table.js';

/** Input of each topic: a data set, a table or a generator. */
export const Input = () => {
  if (driven.value) return <p class="nothing">This snippet puts its own records in.</p>;
  if (sources.value.length === 0) return <p class="nothing">The topology reads no topic.</p>;
  return (
    <div class="inputs">
      {sources.value.map((source) => (
        <TopicInput
          key={source.name}
          source={source}
          choice={choices.value[source.name] ?? input.value[source.name] ?? defaultInput(source)}
        />
      ))}
      <ClockInput />
    </div>
  );
};

/** The wall clock: it fires schedules by wall time, and closes what waits for it. */
const ClockInput = () => (
  <fieldset>
    <legend>wall clock</legend>
    <label class="check">
      <input
        type="checkbox"
        checked={clock.value.follows}
        onChange={({ currentTarget }) => setClock({ follows: currentTarget.checked })}
      />{' '}
      follows the times of the records
    </label>
    <Slider
      label="then, in s"
      min={0}
      max={3_600}
      step={10}
      value={clock.value.after}
      set={(after) => setClock({ after })}
    />
  </fieldset>
);

const TopicInput = ({ source, choice }: { source: SourceTopic; choice: InputChoice }) => {
  const kind = choice.kind === 'data' ? choice.set : choice.kind;
  const change = (next: string): void => choose(source.name, another(source, next, choice));
  return (
    <fieldset>
      <legend>{source.name}</legend>
      <label>
        from{' '}
        <select value={kind} onChange={({ currentTarget }) => change(currentTarget.value)}>
          <optgroup label="Real data">
            {Object.entries(dataSets).map(([set, { title }]) => (
              <option key={set} value={set}>
                {title}
              </option>
            ))}
          </optgroup>
          <option value="table">a table</option>
          <option value="generator">a generator</option>
        </select>
      </label>{' '}
      <FileButton topic={source.name} />
      {choice.kind === 'data' && (
        <Slider
          label="records"
          min={1}
          max={2_000}
          value={choice.count}
          set={(count) => choose(source.name, { ...choice, count })}
        />
      )}
      {choice.kind === 'table' && <InputTable topic={source.name} rows={choice.rows} />}
      {choice.kind === 'generator' && <Sliders topic={source.name} choice={choice} />}
    </fieldset>
  );
};

const another = (source: SourceTopic, kind: string, now: InputChoice): InputChoice => {
  if (kind === 'table') {
    return now.kind === 'table' ? now : { kind: 'table', rows: [{ key: 'a', value: '1', time: String(beginning) }] };
  }
  if (kind === 'generator') {
    const usual = defaultInput({ ...source, name: '' });
    const shape =
      shapes.value[source.name] ?? (usual.kind === 'generator' ? usual.generator.shape : { kind: 'string' });
    return { kind: 'generator', generator: { ...defaultGenerator, shape } };
  }
  return { kind: 'data', set: kind as DataSet, count: defaultCounts[kind as DataSet] };
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const share = { min: 0, step: 0.01, text: percent };

/** Sliders of a generator. */
const sliders = [
  { part: 'count', label: 'records', min: 1, max: 10_000 },
  { part: 'keys', label: 'keys', min: 1, max: 20 },
  { part: 'rate', label: 'a second', min: 0.1, max: 20, step: 0.1 },
  { part: 'outOfOrder', label: 'out of order', max: 1, ...share },
  { part: 'late', label: 'late', max: 0.5, ...share },
] as const;

const Sliders = ({ topic, choice }: { topic: string; choice: Extract<InputChoice, { kind: 'generator' }> }) => {
  const { generator } = choice;
  const set = (part: Partial<Generator>): void => choose(topic, { ...choice, generator: { ...generator, ...part } });
  return (
    <div class="sliders">
      {sliders.map(({ part, ...slider }) => (
        <Slider key={part} {...slider} value={generator[part]} set={(value) => set({ [part]: value })} />
      ))}
      <button type="button" onClick={() => set({ seed: generator.seed + 1 })}>
        Others like these
      </button>
    </div>
  );
};

interface SliderOptions {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
  readonly text?: (value: number) => string;
  readonly set: (value: number) => void;
}

const Slider = ({ label, min, max, step = 1, value, text = String, set }: SliderOptions) => (
  <label class="slider">
    <span>{label}</span>
    <input
      type="range"
      min={min}
      max={max}
      step={step}
      value={value}
      onInput={({ currentTarget }) => set(Number(currentTarget.value))}
    />
    <output>{text(value)}</output>
  </label>
);
