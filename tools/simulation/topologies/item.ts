/** What flows through generated topologies: a value that knows of which input records it was made. */
import { json, string, topic } from 'kstreams';

/** A value, and the numbers of the input records that are in it. */
export interface Item {
  readonly ids: readonly number[];
}

/** How items are written. */
export const items = json<Item>();
/** How numbers are written. */
export const countValue = json<number>();

/** The topics that generated topologies read, each input record with a number of its own; `places` as a global table. */
export const left = topic('left', { key: string, value: items });
export const right = topic('right', { key: string, value: items });
export const places = topic('places', { key: string, value: items });
/** Where they write. */
export const output = topic('output', { key: string, value: items });

/** One item made of two. */
export const both = (a: Item | undefined, b: Item | undefined): Item => ({
  ids: [...(a?.ids ?? []), ...(b?.ids ?? [])],
});

/** A number that an item always has, for choices that are the same each time. */
export const sum = ({ ids }: Item): number => ids.reduce((total, id) => total + id, 0);
