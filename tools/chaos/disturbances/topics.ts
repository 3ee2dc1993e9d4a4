import { setTimeout as pause } from 'node:timers/promises';
import { notes } from '../parts/notes.js';
import type { Disturbance } from './disturbance.js';

/** Adds a partition to a source without state, and writes there at once. */
export const addPartition: Disturbance = {
  name: 'added partition',
  run: async ({ log, traffic }) => {
    const admin = await log.admin();
    const before = (await admin.identify([notes.name])).get(notes.name)?.partitions ?? 0;
    await admin.grow(notes.name, before + 1);
    traffic.setPartitions(notes.name, before + 1);
    await admin.close();
  },
};

/** Deletes a source without state, once all its records are committed, and creates it again. */
export const recreateTopic: Disturbance = {
  name: 'topic created again',
  run: async ({ log, traffic }) => {
    traffic.hold(notes.name);
    // The records in flight arrive first.
    await pause(1_000);
    await traffic.caughtUp();
    const admin = await log.admin();
    const partitions = (await admin.identify([notes.name])).get(notes.name)?.partitions ?? 1;
    await admin.delete([notes.name]);
    await admin.create([{ name: notes.name, partitions, config: {} }]);
    await admin.close();
    traffic.release(notes.name);
  },
};
