/** The runs of `npm run chaos`. */
import type { Guarantee } from 'kstreams';
import { outage, restartBroker } from './disturbances/brokers.js';
import { type Disturbance, times } from './disturbances/disturbance.js';
import { kill, rollingRestart, suspend } from './disturbances/processes.js';
import { addPartition, recreateTopic } from './disturbances/topics.js';

/** Options of a run. */
export interface Storm {
  readonly guarantee: Guarantee;
  /** Run in random order. */
  readonly disturbances: readonly Disturbance[];
  /** The pause of each process before each record of a stateful step, in ms; its length is the number of processes. */
  readonly paces: readonly number[];
}

/** Processes of differing speed. */
const uneven = [0, 1, 2];

/** The runs of CI. */
export const shortStorms: readonly Storm[] = [
  {
    guarantee: 'exactly-once',
    paces: uneven,
    disturbances: [...times(4, kill), suspend, addPartition, recreateTopic, outage(20)],
  },
  { guarantee: 'at-least-once', paces: uneven, disturbances: times(2, kill) },
];

/** The runs of the full form. */
export const fullStorms: readonly Storm[] = [
  {
    guarantee: 'exactly-once',
    paces: uneven,
    disturbances: [
      ...times(20, kill),
      ...times(2, suspend),
      ...times(2, restartBroker),
      rollingRestart,
      outage(300),
      ...times(3, addPartition),
      ...times(3, recreateTopic),
    ],
  },
  {
    guarantee: 'at-least-once',
    paces: uneven,
    disturbances: [...times(5, kill), restartBroker, rollingRestart, outage(300), addPartition, recreateTopic],
  },
];
