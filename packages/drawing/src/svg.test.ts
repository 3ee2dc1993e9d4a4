import { expect, test } from '@jest/globals';
import { streams, string, topic } from 'kstreams';
import { draw } from './layout.js';
import { svgOf } from './svg.js';

const svg = (): string => {
  const app = streams('shop');
  app
    .stream(topic('words', { key: string, value: string }))
    .map((value) => [value, value], { key: string, value: string, name: 'by-word' })
    .groupByKey()
    .count({ name: 'counts' });
  return svgOf(draw(app.describe().toJSON()), 'shop <&> "words"');
};

test('every box, arrow and frame is in the file', () => {
  const drawing = svg();
  for (const text of ['words', 'by-word', 'counts', 'sub-topology 0', 'sub-topology 1', 'repartition topic']) {
    expect(drawing).toContain(`>${text}</text>`);
  }
  expect(drawing.match(/<g class="box /g)).toHaveLength(5);
  expect(drawing.match(/marker-end/g)).toHaveLength(3);
  expect(drawing).toContain('prefers-color-scheme: dark');
});

test('the file is well-formed: tags are closed in order, texts are escaped', () => {
  const drawing = svg();
  expect(drawing).toContain('<title>shop &lt;&amp;&gt; &quot;words&quot;</title>');
  const open: string[] = [];
  for (const [, closing, name = '', attributes = ''] of drawing.matchAll(/<(\/?)([a-z]+)([^<>]*)>/gi)) {
    if (closing) expect(open.pop()).toBe(name);
    else if (!attributes.endsWith('/')) open.push(name);
    expect(attributes).toMatch(/^(?: [a-zA-Z-]+="[^"<]*")*\/?$/);
  }
  expect(open).toEqual([]);
  expect(drawing).not.toMatch(/NaN|undefined/);
});
