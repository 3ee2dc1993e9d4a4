/** The topologies that are measured beside Kafka Streams, which has the same ones in `Topologies.java`. */
import { countSerde, type Streams, streams, string, topic, tumbling, within } from 'kstreams';

/** A measured topology. */
export interface PeerTopology {
  readonly name: string;
  /** Its input topics. */
  readonly topics: readonly string[];
  readonly build: () => Streams;
}

const texts = (name: string) => topic(name, { key: string, value: string });
const [left, right, out] = [texts('left'), texts('right'), texts('out')];
const counts = topic('out', { key: string, value: countSerde });

/** Returns a chain of an application. */
const chain = (append: (app: Streams) => void) => (): Streams => {
  const app = streams('peers');
  append(app);
  return app;
};

export const topologies: readonly PeerTopology[] = [
  {
    name: 'pass-through',
    topics: ['left'],
    build: chain((app) => app.stream(left).to(out)),
  },
  {
    name: 'map-filter',
    topics: ['left'],
    build: chain((app) =>
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
    build: chain((app) => app.stream(left).groupByKey().count({ name: 'count' }).toStream().to(counts)),
  },
  {
    name: 'tumbling-count',
    topics: ['left'],
    build: chain((app) =>
      app
        .stream(left)
        .groupByKey()
        .window(tumbling('1s'))
        .count({ name: 'count' })
        .toStream()
        .selectKey((_count, window) => window.key, { key: string, partitioned: 'kept' })
        .to(counts),
    ),
  },
  {
    name: 'stream-table-join',
    topics: ['left', 'right'],
    build: chain((app) =>
      app
        .stream(left)
        .join(app.table(right), (text) => text, { value: string })
        .to(out),
    ),
  },
  {
    name: 'stream-stream-join',
    topics: ['left', 'right'],
    build: chain((app) =>
      app
        .stream(left)
        .join(app.stream(right), within('10ms'), (text) => text, { value: string, name: 'join' })
        .to(out),
    ),
  },
];
