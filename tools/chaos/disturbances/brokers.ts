/** Disturbances of the broker. */
import { broker } from '../broker.js';
import type { Disturbance } from './disturbance.js';

export const restartBroker: Disturbance = {
  name: 'restart of the broker',
  run: async () => {
    await broker('restart');
  },
};
