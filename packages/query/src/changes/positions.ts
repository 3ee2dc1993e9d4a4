import { Problem } from '../service/problem.js';

/** The positions of a subscription: the last complete commit of each partition. */
export type Positions = ReadonlyMap<number, string>;

/** Returns positions as the text of an event id: `0=k3j9x2.17,1=k3j9x2.4`. */
export const encodePositions = (positions: Positions): string =>
  [...positions].map(([partition, position]) => `${partition}=${position}`).join(',');

/**
 * Returns the positions of an event id.
 *
 * @throws Problem for any other text.
 */
export const decodePositions = (text: string): Positions => {
  const parts = text === '' ? [] : text.split(',');
  return new Map(
    parts.map((part): [number, string] => {
      const [, partition, position] = /^(\d{1,9})=([\w.-]{1,64})$/.exec(part) ?? [];
      if (partition !== undefined && position !== undefined) return [Number(partition), position];
      throw new Problem('bad-request', 'the position is malformed: send the id of the last event');
    }),
  );
};
