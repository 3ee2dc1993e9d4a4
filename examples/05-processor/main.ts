/** Forwards the number of different visitors every minute: a custom processor with stores and a schedule. */
import { countSerde, keyValue, type Processor, record, streams, string, topic } from 'kstreams';

const visits = topic('visits', { key: string, value: string });
export const visitors = topic('visitors', { key: string, value: countSerde });

const firstPages = keyValue('first-pages', { key: string, value: string });
const totals = keyValue('visitor-totals', { key: string, value: countSerde });

/** Created once per task. Its state is in stores, so it survives a restart and a move to another process. */
const countVisitors: Processor<string, string, string, number> = (context) => {
  const [seen, total] = [context.store(firstPages), context.store(totals)];
  context.schedule('1m', 'stream', (at) => context.forward(record('all', total.get('all') ?? 0, at)));
  return ({ key, value, timestamp }) => {
    if (seen.get(key) !== undefined) return;
    seen.put(key, value, timestamp);
    total.put('all', (total.get('all') ?? 0) + 1, timestamp);
  };
};

export const app = streams('visitors');

app
  .stream(visits)
  .process(countVisitors, { name: 'count-visitors', stores: [firstPages, totals] })
  .to(visitors);

export const sample = [
  [visits, 'ann', '/', 0],
  [visits, 'bob', '/', 20_000],
  [visits, 'ann', '/shop', 40_000],
  [visits, 'cid', '/about', 70_000],
  [visits, 'bob', '/shop', 80_000],
  [visits, 'dan', '/', 185_000],
] as const;
export const output = [visitors];
