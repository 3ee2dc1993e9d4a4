/** The values of generated topologies, which list the input records in them. */
import { json, string, topic } from 'kstreams';

/** A value: the numbers of the input records in it. */
export interface Item {
  readonly ids: readonly number[];
}

/** The serde of items. */
export const items = json<Item>();
/** The serde of numbers. */
export const countValue = json<number>();

/** The source topics, with a unique number per input record; `places` is a global table. */
export const left = topic('left', { key: string, value: items });
export const right = topic('right', { key: string, value: items });
export const places = topic('places', { key: string, value: items });
/** The sink topic. */
export const output = topic('output', { key: string, value: items });

/** Returns an item with the records of two others. */
export const both = (a: Item | undefined, b: Item | undefined): Item => ({
  ids: [...(a?.ids ?? []), ...(b?.ids ?? [])],
});

/** Returns a number that is constant for an item, for repeatable choices. */
export const sum = ({ ids }: Item): number => ids.reduce((total, id) => total + id, 0);
