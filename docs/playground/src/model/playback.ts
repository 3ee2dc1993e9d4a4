import { signal } from '@preact/signals';
import { at, steps } from './run.js';

/** How many steps a second pass while playing. */
export const speeds = [1, 4, 20, 100] as const;
export const speed = signal<number>(4);
export const playing = signal(false);

let timer: ReturnType<typeof setInterval> | undefined;

const tick = (): void => {
  if (at.value >= steps.value.length) pause();
  else at.value = Math.min(steps.value.length, at.value + Math.max(1, Math.round(speed.value / 20)));
};

/** Goes on from here, or from the beginning where the end is reached. */
export const play = (): void => {
  if (at.value >= steps.value.length) at.value = 0;
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

/** Goes to a place on the slider, and stays there. */
export const travel = (to: number): void => {
  pause();
  at.value = Math.min(steps.value.length, Math.max(0, to));
};
