/** Topologies with schedules and timers, on wall-clock and stream time, and with timers before the commit. */
import type { TimerClock } from '@kstreams/core';
import type { Random } from '@kstreams/simulation';
import { type Context, keyValue, record, type Stream, type StreamRecord, streams, string, timers } from 'kstreams';
import type { Generated } from './generated.js';
import { both, type Item, items, left, output } from './item.js';
import { expectAll, idsInRows, written } from './laws.js';
import { inRow, nameOf, someSteps } from './steps.js';

/** Holds items back with a timer per key. */
const withTimers = (clock: TimerClock) => {
  const held = timers('held', { key: string, value: items, clock });
  return {
    stores: [held],
    processor: (context: Context<string, Item>) => {
      const waiting = context.timers(held, (key, at, value) => context.forward(record(key, value, at)));
      return ({ key, timestamp, value }: StreamRecord<string, Item>): void => {
        const before = waiting.get(key);
        const at = clock === 'commit' ? timestamp : (clock === 'wall' ? context.time.wall : timestamp) + 25;
        waiting.set(key, before?.at ?? at, both(before?.value, value));
      };
    },
  };
};

/** Holds items back until a schedule fires. */
const withSchedule = (clock: 'wall' | 'stream') => {
  const held = keyValue('held', { key: string, value: items });
  return {
    stores: [held],
    processor: (context: Context<string, Item>) => {
      const rows = context.store(held);
      context.schedule(40, clock, (at) => {
        for (const key of ['k0', 'k1', 'k2', 'k3', 'k4', 'g0', 'g1', 'g2', 'g3']) {
          const value = rows.get(key);
          if (value === undefined) continue;
          rows.delete(key, at);
          context.forward(record(key, value, at));
        }
      });
      return ({ key, timestamp, value }: StreamRecord<string, Item>): void =>
        rows.put(key, both(rows.get(key), value), timestamp);
    },
  };
};

const anyTimers = (random: Random) => {
  const clock = random.pick(['wall', 'wall', 'stream', 'commit'] as const);
  return ['timers', clock, withTimers(clock)] as const;
};

const anySchedule = (random: Random) => {
  const clock = random.pick(['wall', 'wall', 'stream'] as const);
  return ['schedule', clock, withSchedule(clock)] as const;
};

/** Collects items by key. */
const collected = (stream: Stream<string, Item>): Stream<string, Item> =>
  stream
    .groupByKey()
    .aggregate((): Item => ({ ids: [] }), both, { name: 'collected', value: items })
    .toStream() as Stream<string, Item>;

/** Expects items to be forwarded or still held. */
export const timed = (random: Random): Generated => {
  const [what, clock, connected] = random.chance(0.5) ? anyTimers(random) : anySchedule(random);
  const collects = random.chance(0.3);
  const [before, after] = [someSteps(random, 2), someSteps(random, 2)];
  const [first, then] = [inRow(before), inRow(after)];
  // The last items may still be in a topic; dropped or duplicated items look like held ones.
  const known = after.every(({ name }) => !/filter|flat|repartition|selectKey/.test(name));
  return {
    name: nameOf(before, `${what} on ${clock}`, after) + (collects ? ', collected' : ''),
    build: (pause) => {
      const app = streams('timed');
      const stream = first.chain(app.stream(left), pause).repartition();
      const held = stream.process(connected as never, { key: string, value: items, partitioned: 'kept' });
      const sent = then.chain(held as typeof stream, pause);
      (collects ? collected(sent) : sent).to(output);
      return app;
    },
    law: !known
      ? undefined
      : (outcome, input, exactly) => {
          const wanted = first.plain(input.left).flatMap(({ value }) => value.ids.map(String));
          const handedOn = collects
            ? idsInRows(outcome, 'collected')
            : written(outcome).flatMap((text) => text.split(' ').slice(1));
          expectAll('what was held', wanted, [...handedOn, ...idsInRows(outcome, 'held')], exactly);
        },
  };
};
