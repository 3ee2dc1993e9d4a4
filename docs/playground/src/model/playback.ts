import { signal } from '@preact/signals';
import { breakBetween } from './breakpoints.js';
import { at, moveTo, steps } from './run.js';

/** Playback speeds, in steps per second. */
export const speeds = [1, 4, 20, 100] as const;
export const speed = signal<number>(4);
export const playing = signal(false);

let timer: ReturnType<typeof setInterval> | undefined;

const tick = (): void => {
  if (at.value >= steps.value.length) pause();
  else {
    const next = at.value + Math.max(1, Math.round(speed.value / 20));
    const stop = breakBetween(at.value, next);
    moveTo(stop ?? next);
    if (stop !== undefined) pause();
  }
};

/** Plays from the current step, or from the beginning after the last one. */
export const play = (): void => {
  if (at.value >= steps.value.length) moveTo(0);
  playing.value = true;
  clearInterval(timer);
  timer = setInterval(tick, Math.max(50, 1_000 / speed.value));
};

export const pause = (): void => {
  playing.value = false;
  clearInterval(timer);
};

export const setSpeed = (next: number): void => {
  speed.value = next;
  if (playing.value) play();
};

/** Moves the slider to a step and pauses. */
export const seek = (to: number): void => {
  pause();
  moveTo(to);
};
