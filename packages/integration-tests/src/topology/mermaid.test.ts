import { describe, expect, test } from '@jest/globals';
import { by, double, record, streams, string, TopologyBuilder, topic } from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const counts = topic('counts', { key: string, value: double });

const wordCount = () => {
  const app = streams('words');
  app.stream(lines, { name: 'in' }).groupByKey().count().toStream().to(counts, { name: 'out' });
  return app;
};

/** A repartition, a lookup, a global table, a pattern, and a topic chosen per record. */
const enriched = () => {
  const app = streams('enriched');
  const names = topic('names', { key: string, value: string });
  app
    .stream({ pattern: /lines-.*/, key: string, value: string })
    .selectKey((line) => line.slice(0, 1), { key: string })
    .leftJoin(app.table(names), (line, name) => line + name, { value: string })
    .join(
      app.globalTable(topic('regions', { key: string, value: string })),
      by((line) => line),
      (line, region) => line + region,
      { value: string },
    )
    .to({ key: string, value: string, choose: ({ key }) => key });
  return app;
};

/** The lines of a flowchart that this library writes: a shape, an edge, a box and its end, a class. */
const shape = /^(\w+)(?:\[\/"[^"]*"\/\]|\(\["[^"]*"\]\)|\["[^"]*"\]|\[\("[^"]*"\)\])$/;
const edge = /^(\w+) (?:-->|-\.-|-\. [a-z ]+ \.->) (\w+)$/;
const box = /^subgraph \w+\["[^"]*"\]$/;
const style = /^classDef unnamed stroke-dasharray: 4 4$|^class [\w,]+ unnamed$/;

/** Parses a flowchart. Throws for any other line, an unbalanced box or an edge to an unknown node. */
const readMermaid = (text: string) => {
  const [first, ...rest] = text.trimEnd().split('\n');
  expect(first).toBe('flowchart TB');
  const ids = new Set<string>();
  const edges: string[] = [];
  let open = 0;
  for (const line of rest.map((one) => one.trim())) {
    const [, drawn] = shape.exec(line) ?? [];
    const [, from, to] = edge.exec(line) ?? [];
    if (drawn !== undefined) {
      expect(ids.has(drawn)).toBe(false);
      ids.add(drawn);
    } else if (from !== undefined && to !== undefined) {
      expect([...ids]).toEqual(expect.arrayContaining([from, to]));
      edges.push(line);
    } else if (box.test(line)) open++;
    else if (line === 'end') open--;
    else if (!style.test(line)) throw new Error(`not a line of a flowchart: ${line}`);
    expect(open === 0 || open === 1).toBe(true);
  }
  expect(open).toBe(0);
  return { ids, edges };
};

describe('as Mermaid', () => {
  test('draws every topic, node and store once, and every edge ends at one of them', () => {
    for (const app of [enriched(), wordCount()]) {
      const { subtopologies, globalTables } = app.describe().toJSON();
      const text = app.describe().toMermaid();
      const { ids } = readMermaid(text);
      const nodes = subtopologies.flatMap((one) => one.nodes.map(({ id }) => id));
      const stores = subtopologies.flatMap((one) => one.stores.map(({ name }) => name));
      for (const name of [...nodes, ...stores, ...globalTables.map(({ id }) => id)]) {
        expect(text).toMatch(new RegExp(`"${name}[" ]`));
      }
      expect([...ids].filter((id) => id.startsWith('n'))).toHaveLength(nodes.length + globalTables.length);
      expect([...ids].filter((id) => id.startsWith('s'))).toHaveLength(stores.length);
    }
  });

  test('draws the whole picture of a small topology', () => {
    expect(wordCount().describe().toMermaid()).toBe(`flowchart TB
  t0[/"lines"/]
  t1[/"counts"/]
  t2[/"words-count-0-changelog"/]
  subgraph subtopology0["Sub-topology 0"]
    n0(["in"])
    n1["count-0 (count)"]
    n2["to-stream-0 (to-stream)"]
    n3(["out"])
    s0[("count-0")]
  end
  t0 --> n0
  n0 --> n1
  n1 -.- s0
  n1 --> n2
  n2 --> n3
  n3 --> t1
  s0 -. changelog .-> t2
  classDef unnamed stroke-dasharray: 4 4
  class t2,s0 unnamed
`);
  });

  test('labels an async step with its concurrency', () => {
    const app = streams('asking');
    app.stream(lines).mapAsync(async (line) => line, { concurrency: 8, order: 'partition', value: string });
    const text = app.describe().toMermaid();
    readMermaid(text);
    expect(text).toContain('["map-async-0 (map-async): calls in the order of the partition, at most 8 at once"]');
  });

  test('escapes characters with a meaning in Mermaid', () => {
    const builder = new TopologyBuilder('odd');
    builder.addSource('end', lines);
    builder.addProcessor('"]\n--> <b> #é', {
      parents: ['end'],
      processor:
        ({ forward }) =>
        ({ key, timestamp }) =>
          forward(record(key, 1, timestamp)),
    });
    const text = builder.describe().toMermaid();
    expect(readMermaid(text).edges).toEqual(['t0 --> n0', 'n0 --> n1']);
    expect(text).toContain('n1["#34;#93;#10;--#62; #60;b#62; #35;#233; (processor)"]');
  });
});
