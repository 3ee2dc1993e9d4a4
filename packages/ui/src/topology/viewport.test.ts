import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { begun, fitted, isShown, legibleScale, panned, revealed, type Viewport, zoomed } from './viewport.js';

const size = fc.record({ width: fc.integer({ min: 50, max: 5_000 }), height: fc.integer({ min: 50, max: 5_000 }) });
const room = fc.record({ width: fc.integer({ min: 300, max: 2_000 }), height: fc.integer({ min: 300, max: 2_000 }) });
const view = fc.record({
  x: fc.integer({ min: -500, max: 500 }),
  y: fc.integer({ min: -500, max: 500 }),
  scale: fc.double({ min: 0.1, max: 2, noNaN: true }),
});
const point = fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 300 }) });

const at = ({ scale, x, y }: Viewport, of: { x: number; y: number }) => ({ x: x + of.x * scale, y: y + of.y * scale });

test('a fitted drawing is in the room, in its middle', () => {
  fc.assert(
    fc.property(size, room, (drawing, own) => {
      const now = fitted(drawing, own);
      const end = at(now, { x: drawing.width, y: drawing.height });
      expect(now.x).toBeCloseTo(own.width - end.x, 6);
      expect(now.y).toBeCloseTo(own.height - end.y, 6);
      expect(now.x).toBeGreaterThanOrEqual(-0.001);
    }),
  );
});

test('a drawing begins legible', () => {
  fc.assert(
    fc.property(size, room, (drawing, own) => {
      expect(begun(drawing, own).scale).toBeGreaterThanOrEqual(legibleScale);
    }),
  );
});

test('a zoom keeps the point under the pointer in place', () => {
  fc.assert(
    fc.property(view, point, fc.double({ min: 0.5, max: 2, noNaN: true }), (before, pointer, factor) => {
      const of = { x: (pointer.x - before.x) / before.scale, y: (pointer.y - before.y) / before.scale };
      const after = at(zoomed(before, factor, pointer), of);
      expect(after.x).toBeCloseTo(pointer.x, 6);
      expect(after.y).toBeCloseTo(pointer.y, 6);
    }),
  );
});

test('a pan leaves a part of the drawing in the room', () => {
  fc.assert(
    fc.property(size, room, view, fc.integer({ min: -9_999, max: 9_999 }), (drawing, own, before, by) => {
      const now = panned(before, { x: by, y: by }, drawing, own);
      expect(now.x).toBeLessThan(own.width);
      expect(at(now, { x: drawing.width, y: 0 }).x).toBeGreaterThan(0);
    }),
  );
});

test('a revealed box is shown, and a second reveal moves nothing', () => {
  fc.assert(
    fc.property(room, view, point, (own, before, middle) => {
      const box = { ...middle, width: 80, height: 40 };
      // At the largest scales the box and its margin fill the room.
      const from = { ...before, scale: Math.min(before.scale, 1) };
      const after = revealed(from, box, own);
      expect(isShown(after, box, own)).toBe(true);
      const again = revealed(after, box, own);
      expect(again.x).toBeCloseTo(after.x, 6);
      expect(again.y).toBeCloseTo(after.y, 6);
    }),
  );
});
