/** Disturbances of the broker. */
import { setTimeout as pause } from 'node:timers/promises';
import { broker } from '../broker.js';
import type { Disturbance } from './disturbance.js';

export const restartBroker: Disturbance = {
  name: 'restart of the broker',
  run: async () => {
    await broker('restart');
  },
};

/** Takes the broker away for some seconds, which must end no process. Nothing is written meanwhile. */
export const outage = (seconds: number): Disturbance => ({
  name: `outage of ${seconds} s`,
  standstill: seconds * 1_000,
  run: async ({ members, traffic }) => {
    await Promise.all(members.map((member) => member.running()));
    const before = members.map(({ starts }) => starts);
    traffic.pause();
    await broker('kill');
    await pause(seconds * 1_000);
    await broker('restart');
    traffic.resume();
    const ended = members.filter(({ starts }, i) => starts !== before[i]).map(({ number }) => number);
    if (ended.length > 0) throw new Error(`an outage of ${seconds} s ended processes ${ended.join(', ')}`);
  },
});
