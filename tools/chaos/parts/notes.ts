import { string, topic } from 'kstreams';
import type { Part } from './part.js';

/** A topic that grows, and that is deleted and created again, while it is read. */
export const notes = topic('chaos-notes', { key: string, value: string });
const copied = topic('chaos-copied-notes', { key: string, value: string });

/** Creates the part without state, whose input topic changes: every note is copied. */
export const notePart = (partitions: number): Part => {
  let sent = 0;
  return {
    topics: [notes, copied].map(({ name }) => ({ name, partitions, config: {} })),
    inputs: [notes.name],
    build: (app) => {
      app.stream(notes).to(copied);
    },
    write: (moment, send) => {
      if (moment % 5 === 0) send(notes.name, `note-${sent++}`, `note ${moment}`);
    },
    judge: async (read, guarantee) => {
      const copies = new Map<string, number>();
      for (const record of await read(copied.name)) {
        const note = copied.key.decode(record.key as Uint8Array, record);
        copies.set(note, (copies.get(note) ?? 0) + 1);
      }
      const names = Array.from({ length: sent }, (_, i) => `note-${i}`);
      const wrong = names.filter((note) => {
        const times = copies.get(note) ?? 0;
        return times === 0 || (guarantee === 'exactly-once' && times > 1);
      });
      return {
        complete: copies.size >= sent,
        problems: wrong.map((note) => `${note} was copied ${copies.get(note) ?? 0} times`),
        summary: `${sent} notes copied`,
      };
    },
  };
};
