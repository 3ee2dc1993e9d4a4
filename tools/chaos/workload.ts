/** The application under chaos. */
import { type Streams, streams } from 'kstreams';
import { clickPart } from './parts/clicks.js';
import { letterPart } from './parts/letters.js';
import { notePart } from './parts/notes.js';
import { orderPart } from './parts/orders.js';
import type { Part } from './parts/part.js';

/** The initial number of partitions of each topic. */
const partitions = 4;

/** Creates the parts of a run. */
export const createParts = (): readonly Part[] =>
  [clickPart, orderPart, letterPart, notePart].map((part) => part(partitions));

/** Returns the application. */
export const workload = (name: string): Streams => {
  const app = streams(name);
  for (const part of createParts()) part.build(app);
  return app;
};
