import { Table } from '@kstreams/core';
import { topic } from 'kstreams';
import { type Builders, text } from './building.js';

/** Sinks. */
export const sinkStatements: Builders = {
  to: ({ statement, from, writes }) => {
    const stream = from instanceof Table ? from.toStream() : from;
    const { key, value } = stream.position;
    const target = topic(statement.topic as string, { key: key.serde ?? text, value: value.serde ?? text });
    writes(target.name, target);
    stream.to(target);
  },
};
