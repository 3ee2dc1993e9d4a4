/** Async steps before two operators with clocks, one below the other: latencies change no result. */
import { expect, test } from '@jest/globals';
import { reordering, type Step, stepOf } from '@kstreams/test-support/reordering';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { byKey, double, streams, string, topic, tumbling, windowed, within } from 'kstreams';

const lefts = topic('lefts', { key: string, value: string });
const rights = topic('rights', { key: string, value: string });
const counts = topic('counts', { key: windowed(string), value: double });

type Arrival = readonly [step: Step, side: 'left' | 'right'];

/**
 * The windows of the results of an outer join, as they close, and the number of drops. The grace of the windows is longer than
 * the join keeps unmatched records, as in Kafka Streams up to the next pass, and shorter than the steps of the last records.
 */
const run = async (arrivals: readonly Arrival[], waits: boolean) => {
  const app = streams('app', { joinCondition: byKey() });
  const { resolve, resolveAll, step: wait } = reordering(waits);
  wait(app.stream(lefts))
    .outerJoin(app.stream(rights), within(50), (left, right) => `${left} ${right}`)
    .with({ value: string })
    .groupByKey()
    .window(tumbling(100, { emit: 'on-close', grace: 1_000, retention: 100_000 }))
    .count()
    .toStream()
    .to(counts);
  const driver = testDriver(app);
  const pipe = (side: Arrival[1], key: string, id: string, at: number) =>
    driver.input(side === 'left' ? lefts : rights).pipe(key, `${side}${id}`, at);
  let latest = 0;
  for (const [i, [{ ahead, choices, key }, side]] of arrivals.entries()) {
    latest += 25 * ahead + 1;
    pipe(side, key, String(i), latest);
    await resolve(choices);
  }
  for (const after of [2_000, 4_000, 6_000]) {
    pipe('left', 'end', String(after), latest + after);
    pipe('right', 'end', String(after), latest + after);
  }
  await resolveAll();
  await driver.settled();
  const results = driver.output(counts).read();
  return {
    dropped: driver.dropped(),
    results: results.map(({ key, value }) => `${key.key} ${key.start} ${value}`).sort(),
  };
};

test('an async step before an outer join and windows of its results changes no window', async () => {
  const arrivals = fc.array(fc.tuple(stepOf(10, 0), fc.constantFrom<Arrival[1]>('left', 'right')), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(arrivals, async (all) => {
      expect(await run(all, true)).toEqual(await run(all, false));
    }),
    { numRuns: 60 },
  );
});
