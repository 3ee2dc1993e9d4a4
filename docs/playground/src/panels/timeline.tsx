import { breakpoints, goToBreak } from '../model/breakpoints.js';
import { pause, play, playing, seek, setSpeed, speed, speeds } from '../model/playback.js';
import { at, current, runs, state, steps } from '../model/run.js';
import { followedKey, stepBy } from '../model/view.js';
import { Breakpoints } from './breakpoints.js';
import { causeText } from './format.js';
import { Icon, type IconName } from './icons.js';

/** Buttons for playback, and the slider that seeks to any record. */
export const Timeline = () => {
  const cause = current.value?.cause;
  const position = cause === undefined ? 'before the first record' : causeText(cause);
  return (
    <section class="timeline" aria-label="Time">
      <div class="buttons">
        <Go name="first" label="To the beginning" act={() => seek(0)} />
        <Go name="back" label="One back" act={() => paused(() => stepBy(-1))} />
        <Go
          name={playing.value ? 'pause' : 'play'}
          label={playing.value ? 'Pause' : 'Play'}
          act={() => (playing.value ? pause() : play())}
        />
        <Go name="on" label="One on" act={() => paused(() => stepBy(1))} />
        <Go name="last" label="To the end" act={() => seek(steps.value.length)} />
        {breakpoints.value.length > 0 && (
          <Go name="to-break" label="To the next breakpoint" act={() => paused(() => goToBreak(1))} />
        )}
        <Breakpoints />
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
        aria-valuetext={`${at.value} of ${steps.value.length}: ${position}`}
        onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
      />
      <output class="where" data-state={state.value} data-run={runs.value}>
        <b>
          {at.value}/{steps.value.length}
        </b>
        <span>{position}</span>
      </output>
      {followedKey.value !== undefined && (
        <button type="button" class="followed" onClick={() => (followedKey.value = undefined)}>
          key {followedKey.value} <span aria-hidden="true">×</span>
          <span class="hidden">: follow no key</span>
        </button>
      )}
    </section>
  );
};

const paused = (act: () => void): void => {
  pause();
  act();
};

const Go = ({ name, label, act }: { name: IconName; label: string; act: () => void }) => (
  <button type="button" class={/play|pause/.test(name) ? 'main' : ''} title={label} aria-label={label} onClick={act}>
    <Icon name={name} />
  </button>
);
