import { test } from '@jest/globals';
import fc from 'fast-check';
import { Fifo } from './fifo.js';

type Model = number[];

/** What is done to a queue and to the array that it should be like; answers what both gave. */
const steps: Readonly<Record<string, (fifo: Fifo<number>, model: Model, value: number) => readonly unknown[]>> = {
  push: (fifo, model, value) => [fifo.push(value), void model.push(value)],
  shift: (fifo, model) => [fifo.shift(), model.shift()],
  clear: (fifo, model) => [fifo.clear(), void model.splice(0)],
};

const step = fc.tuple(fc.constantFrom('push', 'push', 'shift', 'clear'), fc.nat());

test('is the list that an array would be, whatever goes in and out', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (all) => {
      const fifo = new Fifo<number>();
      const model: Model = [];
      for (const [kind, value] of all) {
        const [given, expected] = steps[kind]?.(fifo, model, value) ?? [];
        const inside = Array.from({ length: fifo.length + 1 }, (_, place) => fifo.at(place));
        if (given !== expected || fifo.head !== model[0] || inside.join() !== [...model, undefined].join())
          return false;
      }
      return true;
    }),
  );
});
