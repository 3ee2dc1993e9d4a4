import { Stream } from '@kstreams/core';
import { SessionStream } from '@kstreams/windowing';
import { string } from 'kstreams';
import { adders, groupings, keyFunctions, merged, reducers, subtractors } from '../functions/index.js';
import { type Any, type Builders, named, pick, stored, text } from './building.js';
import { Cogroup } from './cogroups.js';

/** Grouping and aggregations. */
export const groupStatements: Builders = {
  groupByKey: ({ from }) => from.groupByKey(),
  groupBy: ({ statement: { fn }, from }) => {
    if (from instanceof Stream) return from.groupBy(pick(keyFunctions, fn, 'key') as Any, { key: text });
    return from.groupBy(pick(groupings, fn, 'grouping'), { key: string, value: string });
  },
  count: ({ statement, from }) => from.count(named(statement)),
  reduce: ({ statement, from }) => {
    const fn = statement.fn ?? 'plus';
    const adder = pick(reducers, fn, 'reduce');
    if (!isTableGroup(from)) return from.reduce(adder, stored(statement));
    return from.reduce(adder, pick(subtractors, fn, 'subtractor'), stored(statement));
  },
  cogroup: ({ statement, from, other }) => {
    const tag = statement.tag as string;
    return new Cogroup(from instanceof Cogroup ? [...from.members, [other, tag]] : [[from, tag]]);
  },
  aggregate: ({ statement, from }) => {
    if (from instanceof Cogroup) return from.aggregate(statement.init ?? '0', stored(statement));
    const fn = statement.fn ?? 'plus';
    const init = statement.init ?? (fn === 'set' ? '' : '0');
    const adder = pick(adders, fn, 'aggregate');
    if (from instanceof SessionStream) return from.aggregate(() => init, adder, merged as Any, stored(statement));
    if (!isTableGroup(from)) return from.aggregate(() => init, adder, stored(statement));
    return from.aggregate(() => init, adder, pick(subtractors, fn, 'subtractor'), stored(statement));
  },
};

const isTableGroup = (from: Any): boolean => from?.constructor?.name === 'GroupedTable';
