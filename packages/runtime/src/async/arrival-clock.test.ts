import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RecordJournal } from '../task/record-journal.js';
import { ArrivalClock } from './arrival-clock.js';
import { type InFlightRecord, InFlightRecords } from './in-flight-records.js';

/** Maximum number of separate early timestamps of a clock. */
const limit = 1_024;

/** Lets records arrive and finish in a drawn order. The model keeps every timestamp. */
const play = (records: number, draws: readonly number[], seen: (time: number, model: number, kept: number) => void) => {
  const inFlight = new InFlightRecords();
  const clock = new ArrivalClock(inFlight, new RecordJournal());
  const begun = Array.from({ length: records }, (_, i) => ({ origin: inFlight.begin(i), at: (i * 7_919) % 10_007 }));
  const arrived: { readonly sequence: number; readonly at: number }[] = [];
  const waiting = [...begun];
  for (let i = 0; waiting.length > 0; i++) {
    const draw = draws[i % draws.length] as number;
    const [{ at, origin }] = waiting.splice((draw * (i + 1)) % waiting.length, 1) as [
      { at: number; origin: InFlightRecord },
    ];
    inFlight.current = origin;
    clock.arrive(at);
    arrived.push({ sequence: origin.sequence, at });
    inFlight.release(origin);
    const frontier = inFlight.oldest?.sequence ?? Number.POSITIVE_INFINITY;
    const model = arrived.reduce((time, one) => (one.sequence <= frontier ? Math.max(time, one.at) : time), -1);
    seen(clock.move(), model, clock.waiting);
  }
};

const draws = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 50 });

test('the clock is the largest timestamp before which nothing is unfinished', () => {
  fc.assert(
    fc.property(draws, (drawn) => {
      play(100, drawn, (time, model) => expect(time).toBe(model));
    }),
  );
});

test('with more early timestamps than the limit it is never ahead, and exact at the end', () => {
  fc.assert(
    fc.property(draws, (drawn) => {
      let most = 0;
      let last: readonly [time: number, model: number] = [-1, -1];
      // The first record is the last to arrive: all others are early until then.
      play(3 * limit, [3 * limit - 1, ...drawn], (time, model, kept) => {
        most = Math.max(most, kept);
        last = [time, model];
        expect(time).toBeLessThanOrEqual(model);
      });
      expect(most).toBeLessThanOrEqual(limit);
      expect(last[0]).toBe(last[1]);
    }),
    { numRuns: 3 },
  );
});

test('a record that is rolled back does not change the clock', () => {
  const inFlight = new InFlightRecords();
  const journal = new RecordJournal();
  const clock = new ArrivalClock(inFlight, journal);
  const [first, second] = [inFlight.begin(0), inFlight.begin(0)];
  inFlight.current = first;
  clock.arrive(5);
  journal.begin();
  clock.arrive(9);
  inFlight.current = second;
  clock.arrive(20);
  journal.rollBack();
  inFlight.release(first);
  expect(clock.move()).toBe(5);
});
