import { pause, play, playing, setSpeed, speed, speeds, travel } from '../model/playback.js';
import { at, current, state, steps } from '../model/run.js';
import { Icon, type IconName } from './icons.js';
import { instant } from './words.js';

/** Play, step, speed, and the slider that travels to any record. */
export const Timeline = () => {
  const cause = current.value?.cause;
  const told =
    cause === undefined
      ? 'before the first record'
      : cause.kind === 'clock'
        ? `the clock: ${instant(cause.now)}`
        : `${cause.topic} · ${cause.record.key.text} · ${instant(cause.record.timestamp)}`;
  return (
    <section class="timeline" aria-label="Time">
      <div class="buttons">
        <Go name="first" says="To the beginning" act={() => travel(0)} />
        <Go name="back" says="One back" act={() => travel(at.value - 1)} />
        <Go
          name={playing.value ? 'pause' : 'play'}
          says={playing.value ? 'Pause' : 'Play'}
          act={() => (playing.value ? pause() : play())}
        />
        <Go name="on" says="One on" act={() => travel(at.value + 1)} />
        <Go name="last" says="To the end" act={() => travel(steps.value.length)} />
        <label class="speed">
          <span class="hidden">Speed</span>
          <select value={speed.value} onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}>
            {speeds.map((one) => (
              <option key={one} value={one}>
                {one}/s
              </option>
            ))}
          </select>
        </label>
      </div>
      <input
        type="range"
        min={0}
        max={steps.value.length}
        value={at.value}
        aria-label="The record that is shown"
        aria-valuetext={`${at.value} of ${steps.value.length}: ${told}`}
        onInput={({ currentTarget }) => travel(Number(currentTarget.value))}
      />
      <output class="where" data-state={state.value}>
        <b>
          {at.value}/{steps.value.length}
        </b>
        <span>{told}</span>
      </output>
    </section>
  );
};

const Go = ({ name, says, act }: { name: IconName; says: string; act: () => void }) => (
  <button type="button" class={/play|pause/.test(name) ? 'main' : ''} title={says} aria-label={says} onClick={act}>
    <Icon name={name} />
  </button>
);
