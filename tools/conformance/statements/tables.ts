import { Table } from '@kstreams/core';
import { string, topic, untilTimeLimit, untilWindowCloses } from 'kstreams';
import { predicateOf, valueMappers } from '../functions/index.js';
import { type Builders, kept, named, pick, text } from './building.js';

/** Sources of tables, and the steps of both streams and tables. */
export const tableStatements: Builders = {
  table: (building) =>
    building.app.table(topic(building.statement.topic as string, { key: string, value: string }), kept(building)),
  globalTable: ({ app, statement }) =>
    app.globalTable(topic(statement.topic as string, { key: string, value: string }), named(statement)),
  filter: ({ statement, from }) => from.filter(predicateOf(statement.fn), named(statement)),
  filterNot: ({ statement, from }) => from.filterNot(predicateOf(statement.fn), named(statement)),
  mapValues: ({ statement, from }) =>
    from.mapValues(pick(valueMappers, statement.fn, 'mapValues'), {
      ...named(statement),
      value: from instanceof Table ? string : text,
    }),
  toTable: (building) => building.from.toTable(kept(building)),
  toStream: ({ from }) => from.toStream(),
  suppress: ({ statement: { until, ms, maxRecords, full }, from }) => {
    if (until === 'windowClose') return from.suppress(untilWindowCloses({ maxRecords }));
    const whenFull = full === 'shutDown' ? 'fail' : 'emit';
    return from.suppress(untilTimeLimit(Math.min(ms ?? 0, Number.MAX_SAFE_INTEGER), { maxRecords, whenFull }));
  },
};
