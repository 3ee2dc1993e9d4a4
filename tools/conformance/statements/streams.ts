import { type Context, json, nullable, record, type Stream, topic } from 'kstreams';
import { keyFunctions, predicateOf } from '../functions/index.js';
import { type Any, type Builders, pick, text } from './building.js';

/** Sources of streams, and the steps of streams only. */
export const streamStatements: Builders = {
  stream: ({ app, statement }) => app.stream(topic(statement.topic as string, { key: text, value: text })),
  map: ({ statement, from }) => {
    pick({ swap: true }, statement.fn, 'map');
    return from.map((value: Any, key: Any) => [value, key], { key: text, value: text });
  },
  flatMapValues: ({ from }) => from.flatMapValues((value: Any) => [...(value ?? '')], { value: text }),
  flatMap: ({ from }) =>
    from.flatMap((value: Any, key: Any) => [...(value ?? '')].map((letter) => [letter, key]), {
      key: text,
      value: text,
    }),
  selectKey: ({ statement, from }) => from.selectKey(pick(keyFunctions, statement.fn, 'key'), { key: text }),
  repartition: ({ from }) => from.repartition(),
  merge: ({ from, other }) => from.merge(other).with(mergedSerdes(from, other)),
  split: ({ statement, from, make }) => {
    const tests = Object.fromEntries((statement.branches ?? []).map(({ id, fn }) => [id, predicateOf(fn)]));
    const branches = (from as Stream<Any, Any>).split(tests, { rest: statement.default as never });
    for (const [id, branch] of Object.entries(branches)) make(id, branch);
  },
  punctuate: ({ statement: { anchor, interval = 0, kind = 'stream' }, from }) =>
    from.process(
      ({ forward, schedule }: Context<string | null, string | number | null>) => {
        schedule(interval, kind, (at) => forward(record('punctuate', at, at)), { anchor });
        return forward;
      },
      { key: text, value: textsAndNumbers },
    ),
};

/** A punctuation forwards a number, beside the texts of the stream. */
const textsAndNumbers = nullable(json<string | number>());

/** Two streams keep serdes of equal names; otherwise both hold text that may be null. */
const mergedSerdes = (left: Stream<Any, Any>, right: Stream<Any, Any>) => {
  const shared = (part: 'key' | 'value') => {
    const [one, other] = [left.position[part].serde, right.position[part].serde];
    return one?.name === other?.name ? one : text;
  };
  return { key: shared('key'), value: shared('value') } as Any;
};
