/** Disturbances of processes. */
import type { Disturbance } from './disturbance.js';

/** The length of a suspension in ms: longer than the session of 6 s. */
const suspension = 9_000;

export const kill: Disturbance = {
  name: 'kill -9',
  run: ({ members, random }) => random.pick(members).kill(),
};

export const suspend: Disturbance = {
  name: 'standstill past the session',
  run: ({ members, random }) => random.pick(members).stop(suspension),
};

export const rollingRestart: Disturbance = {
  name: 'rolling restart',
  run: async ({ members }) => {
    for (const member of members) {
      await member.close();
      member.start();
      await member.running();
    }
  },
};
