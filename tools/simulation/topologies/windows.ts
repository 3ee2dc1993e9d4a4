/** Topologies with windows of every kind. */
import type { Random } from '@kstreams/simulation';
import {
  hopping,
  type Streams,
  session,
  sliding,
  streams,
  string,
  tumbling,
  untilWindowCloses,
  type WindowEmitStrategy,
  within,
} from 'kstreams';
import type { Generated } from './generated.js';
import { both, type Item, items, left, output, right } from './item.js';
import { expectAll, expectOnce, idsInRows, idsOf, type Law, latest } from './laws.js';
import { inRow, type Keyed, nameOf, type Pause, type Plain, someSteps } from './steps.js';

const none = (): Item => ({ ids: [] });
/** Longer than any input, so that no record is late. */
const endless = 1_000_000;

interface Cut {
  readonly emit: WindowEmitStrategy;
  readonly grace: number;
}

/** A kind of window: its table, and plain code for its rows without late records. */
interface Kind {
  readonly name: string;
  readonly table: (stream: Keyed, cut: Cut) => ReturnType<typeof tumblingOf>;
  readonly law?: (records: readonly Plain[]) => Law;
  /**
   * True when the window excludes its end: `suppress` then emits at end plus grace, when a window that includes its
   * end may still change, as in Kafka Streams.
   */
  readonly endsBefore: boolean;
}

const tumblingOf = (stream: Keyed, { emit, grace }: Cut) =>
  stream.groupByKey().window(tumbling(100, { grace, emit })).aggregate(none, both, { name: 'windows', value: items });

/** The number of windows of each record. */
const inRows =
  (windows: (timestamp: number) => number) =>
  (records: readonly Plain[]): Law =>
  (outcome, _, exactly) => {
    const wanted = records.flatMap(({ timestamp, value }) =>
      Array.from({ length: windows(timestamp) }, () => value.ids.map(String)).flat(),
    );
    expectAll('the rows', wanted, idsInRows(outcome, 'windows'), exactly);
  };

const gap = 30;

/** Returns the sessions of records, as text. */
const sessionsOf = (records: readonly Plain[]): readonly string[] =>
  [...new Set(records.map(({ key }) => key))].flatMap((key) => {
    const sessions: Plain[][] = [];
    for (const one of records.filter((one) => one.key === key).toSorted((a, b) => a.timestamp - b.timestamp)) {
      const last = sessions.at(-1);
      if (last !== undefined && one.timestamp - (last.at(-1) as Plain).timestamp <= gap) last.push(one);
      else sessions.push([one]);
    }
    return sessions.map((all) => {
      const ids = all.flatMap(({ value }) => value.ids).toSorted((a, b) => a - b);
      return idsOf(`${key}@${all[0]?.timestamp}-${all.at(-1)?.timestamp}`, { ids });
    });
  });

const kinds: readonly Kind[] = [
  { name: 'tumbling', endsBefore: true, table: tumblingOf, law: inRows(() => 1) },
  {
    name: 'hopping',
    endsBefore: true,
    table: (stream, { emit, grace }) =>
      stream
        .groupByKey()
        .window(hopping(100, { advance: 50, grace, emit }))
        .aggregate(none, both, { name: 'windows', value: items }),
    law: inRows((timestamp) => (timestamp >= 50 ? 2 : 1)),
  },
  {
    name: 'sliding',
    endsBefore: false,
    table: (stream, { emit, grace }) =>
      stream.groupByKey().window(sliding(50, { grace, emit })).aggregate(none, both, { name: 'windows', value: items }),
  },
  {
    name: 'session',
    endsBefore: false,
    table: (stream, { emit, grace }) =>
      stream
        .groupByKey()
        .window(session(gap, { grace, emit }))
        .aggregate(none, both, both, { name: 'windows', value: items }),
    law: (records) => (outcome, _, exactly) => {
      if (exactly) expectAll('the sessions', sessionsOf(records), latest(outcome).map(sorted), true);
    },
  },
];

const sorted = (text: string): string => {
  const [key, ...ids] = text.split(' ');
  return [key, ...ids.map(Number).toSorted((a, b) => a - b)].join(' ');
};

/** Windows that emit on every update, on close, or once through `suppress`. */
export const windowed = (random: Random): Generated => {
  const kind = random.pick(kinds);
  const [before, after] = [someSteps(random, 2), someSteps(random, 2)];
  const [first, then] = [inRow(before), inRow(after)];
  const told = random.pick(['on-update', 'on-close', 'suppressed'] as const);
  const grace = random.pick([0, 40, endless]);
  const build = (pause: Pause): Streams => {
    const app = streams('windowed');
    const stream = first.chain(app.stream(left), pause);
    const table = kind.table(stream, { emit: told === 'on-close' ? told : 'on-update', grace });
    const rows = (told === 'suppressed' ? table.suppress(untilWindowCloses()) : table)
      .toStream()
      .selectKey((_, { end, key, start }) => `${key}@${start}-${end}`, { key: string });
    if (after.length === 0) rows.to(output as never);
    else
      then
        .chain(
          rows.flatMapValues((value) => (value === null ? [] : [value]), { value: items }),
          pause,
        )
        .to(output);
    return app;
  };
  const complete = grace === endless && (told === 'on-update' || kind.name !== 'session') && after.length === 0;
  return {
    name: nameOf(before, `${kind.name} ${told} grace ${grace}`, after),
    build,
    law: (outcome, input, exactly) => {
      if (complete) kind.law?.(first.plain(input.left))(outcome, input, exactly);
      if (exactly && (told === 'on-close' || (told === 'suppressed' && kind.endsBefore)) && after.length === 0) {
        expectOnce(outcome);
      }
    },
  };
};

/** Windows and joins that close by the wall clock, or after an idle time. */
export const closing = (random: Random): Generated => {
  const kind = random.pick(kinds);
  const before = someSteps(random, 1);
  const joins = random.chance(0.4);
  const grace = random.pick([0, 40]);
  const wallClock = random.pick([0, 50, 300]);
  const times = random.chance(0.3) ? { wallClock, idleAfter: 100 } : { wallClock };
  const build = (pause: Pause): Streams => {
    const app = streams('closing');
    const stream = inRow(before).chain(app.stream(left), pause);
    if (joins) {
      stream.outerJoin(app.stream(right), within(60, { grace, ...times }), both, { value: items }).to(output);
    } else {
      kind
        .table(stream, { emit: { on: 'close', ...times }, grace })
        .toStream()
        .selectKey((_, { end, key, start }) => `${key}@${start}-${end}`, { key: string })
        .to(output as never);
    }
    return app;
  };
  return {
    name: nameOf(before, `${joins ? 'outerJoin' : kind.name} closed by the clock, grace ${grace}`, []),
    build,
    law: joins ? undefined : (outcome, _, exactly) => exactly && expectOnce(outcome),
  };
};
