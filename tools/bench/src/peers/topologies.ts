/** The topologies that are measured beside Kafka Streams, which has the same ones in `Topologies.java`. */
import type { EmitStrategy } from '@kstreams/core';
import { countSerde, type Duration, type Streams, streams, string, topic, tumbling, within } from 'kstreams';

/** The parts of a topology that differ in process and on a broker. */
export interface Surroundings {
  readonly application: string;
  /** The beginning of the names of its topics. */
  readonly prefix: string;
  readonly window: Duration;
  readonly emit: EmitStrategy;
}

/** A measured topology. */
export interface PeerTopology {
  readonly name: string;
  /** Its input topics. */
  readonly topics: readonly string[];
  readonly build: (surroundings?: Surroundings) => Streams;
}

const inProcess: Surroundings = { application: 'peers', prefix: '', window: '1s', emit: 'on-update' };

const topicsOf = (prefix: string) => {
  const texts = (name: string) => topic(`${prefix}${name}`, { key: string, value: string });
  const counts = topic(`${prefix}out`, { key: string, value: countSerde });
  return { left: texts('left'), right: texts('right'), out: texts('out'), counts };
};

/** Returns a chain of an application. */
const chain =
  (append: (app: Streams, topics: ReturnType<typeof topicsOf>, surroundings: Surroundings) => void) =>
  (surroundings = inProcess): Streams => {
    const app = streams(surroundings.application);
    append(app, topicsOf(surroundings.prefix), surroundings);
    return app;
  };

export const topologies: readonly PeerTopology[] = [
  {
    name: 'pass-through',
    topics: ['left'],
    build: chain((app, { left, out }) => app.stream(left).to(out)),
  },
  {
    name: 'map-filter',
    topics: ['left'],
    build: chain((app, { left, out }) =>
      app
        .stream(left)
        .mapValues((value) => `${value}!`, { value: string })
        .filter(() => true)
        .to(out),
    ),
  },
  {
    name: 'count',
    topics: ['left'],
    build: chain((app, { counts, left }, { emit }) =>
      app.stream(left).groupByKey().count({ name: 'count', emit }).toStream().to(counts),
    ),
  },
  {
    name: 'tumbling-count',
    topics: ['left'],
    build: chain((app, { counts, left }, { window }) =>
      app
        .stream(left)
        .groupByKey()
        .window(tumbling(window))
        .count({ name: 'count' })
        .toStream()
        .selectKey((_count, one) => one.key, { key: string, partitioned: 'kept' })
        .to(counts),
    ),
  },
  {
    name: 'stream-table-join',
    topics: ['left', 'right'],
    build: chain((app, { left, out, right }) =>
      app
        .stream(left)
        .join(app.table(right), (text) => text, { value: string })
        .to(out),
    ),
  },
  {
    name: 'stream-stream-join',
    topics: ['left', 'right'],
    build: chain((app, { left, out, right }) =>
      app
        .stream(left)
        .join(app.stream(right), within('10ms'), (text) => text, { value: string, name: 'join' })
        .to(out),
    ),
  },
];
