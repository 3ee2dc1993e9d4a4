/** An application with a store of every kind that holds rows of keys. */
import {
  by,
  type Context,
  int32,
  keyValue,
  nullable,
  type StreamRecord,
  session,
  streams,
  string,
  timers,
  topic,
  tumbling,
} from 'kstreams';

/** A compacted topic, from which its table is restored. */
export const kept = topic('kept', { key: string, value: int32 });
/** A topic with retention. */
export const lost = topic('lost', { key: string, value: int32 });
/** A stream; a value of 0 deletes. */
export const events = topic('events', { key: string, value: int32 });
/** The changes of a table. */
export const out = topic('out', { key: string, value: nullable(int32) });
const named = { value: int32 };

/** The last value of a key; 0 deletes the row. */
const last = (_: number, value: number): number | null => (value === 0 ? null : value);
const custom = keyValue('custom', { key: string, value: int32 });
const ordered = keyValue('ordered', { key: string, value: int32, ordered: true });
const ending = keyValue('ending', { key: string, value: int32, ttl: '100d' });
const waiting = timers('waiting', { key: string, value: int32, clock: 'wall' });

/** Stores of every kind. Each has a row per key, which goes with the row of its topic or with an event of 0. */
export const everyStore = () => {
  const all = streams('every-store');
  const source = all.table(kept, { name: 'source-table' });
  const own = all.table(lost, { name: 'own-table', ttl: '100d' });
  source.filter(() => true, { name: 'filtered' });
  source.mapValues((value) => value, { ...named, name: 'mapped' });
  source.processValues(() => (value) => value, { ...named, name: 'processed' });
  source.outerJoin(own, (left, right) => left ?? right, { ...named, name: 'joined' });
  source.join(
    own,
    by((_, key) => key),
    (left) => left,
    { ...named, name: 'foreign' },
  );
  source
    .groupBy((value, key) => [key, value], { key: string, ...named })
    .aggregate(
      () => 0,
      (_, value) => value,
      () => null,
      { ...named, name: 'grouped' },
    );
  source
    .toStream()
    .with({ value: nullable(int32) })
    .toTable({ name: 'streamed' });
  own.toStream().to(out);
  const stream = all.stream(events);
  const group = stream.groupByKey();
  group.aggregate(() => 0, last, { ...named, name: 'aggregated', ttl: '100d' });
  group.reduce(last, { ...named, name: 'reduced' });
  group.cogroup(() => 0, last).aggregate({ ...named, name: 'cogrouped' });
  group.window(tumbling('1d')).aggregate(() => 0, last, { ...named, name: 'windowed' });
  group.window(session('1d')).aggregate(
    () => 0,
    last,
    (_, right) => right,
    { ...named, name: 'sessions' },
  );
  stream
    .mapValues((value) => (value === 0 ? null : value), { value: nullable(int32) })
    .toTable({ name: 'history', history: '1d' });
  stream.process(
    (context: Context<never, never>) => {
      const stores = [custom, ordered, ending].map((spec) => context.store(spec));
      const timer = context.timers(waiting, () => {});
      return ({ key, timestamp, value }: StreamRecord<string, number>) => {
        for (const store of stores) value === 0 ? store.delete(key, timestamp) : store.put(key, value, timestamp);
        value === 0 ? timer.cancel(key) : timer.set(key, timestamp + 2_000_000_000, value);
      };
    },
    { stores: [custom, ordered, ending, waiting], name: 'keeping' },
  );
  return all;
};
