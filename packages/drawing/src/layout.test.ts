import { expect, test } from '@jest/globals';
import { streams, string, topic } from 'kstreams';
import { type Drawing, draw } from './layout.js';

const words = topic('words', { key: string, value: string });

const shop = (): Drawing => {
  const app = streams('shop');
  app
    .stream(words)
    .map((value) => [value, value], { key: string, value: string })
    .groupByKey()
    .count({ name: 'counts' });
  return draw(app.describe().toJSON());
};

const overlap = (drawing: Drawing): readonly string[] =>
  drawing.boxes.flatMap((a, at) =>
    drawing.boxes
      .slice(at + 1)
      .filter((b) => Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height)
      .map((b) => `${a.id} and ${b.id}`),
  );

test('a repartition topic is one box between two sub-topologies', () => {
  const { arrows, boxes, frames } = shop();
  expect(boxes.map(({ kind, label }) => [kind, label])).toEqual([
    ['source', 'words'],
    ['processor', 'map-0'],
    ['between', 'counts'],
    ['processor', 'counts'],
    ['store', 'counts'],
  ]);
  expect(frames.map(({ id }) => id)).toEqual([0, 1]);
  const read = arrows.find(({ from, node }) => from !== node);
  expect(read).toMatchObject({ to: 'counts', kind: 'flow' });
});

test('every arrow has another id, and is in the drawing', () => {
  const { arrows, boxes, height, width } = shop();
  const ids = new Set(boxes.map(({ id }) => id));
  expect(new Set(arrows.map(({ id }) => id)).size).toBe(arrows.length);
  for (const { from, points, to } of arrows) {
    expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    for (const { x, y } of points) {
      expect([x >= 0 && x <= width, y >= 0 && y <= height]).toEqual([true, true]);
    }
  }
});

test('a hundred nodes are drawn without overlaps', () => {
  const app = streams('wide');
  for (let branch = 0; branch < 20; branch++) {
    let stream = app.stream(topic(`in-${branch}`, { key: string, value: string }));
    for (let step = 0; step < 3; step++) stream = stream.filter((value) => value !== '');
    stream.to(topic(`out-${branch}`, { key: string, value: string }));
  }
  const drawing = draw(app.describe().toJSON());
  expect(drawing.boxes.length).toBe(100);
  expect(overlap(drawing)).toEqual([]);
});
