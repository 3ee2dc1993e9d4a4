/** Exports an application with a store. */
import { json, streams, string, topic } from 'kstreams';

export const app = streams('counting');
app
  .stream(topic('words', { key: string, value: string }))
  .groupBy((word) => word, { key: string })
  .count({ name: 'counts' })
  .toStream()
  .to(topic('totals', { key: string, value: json() }));
