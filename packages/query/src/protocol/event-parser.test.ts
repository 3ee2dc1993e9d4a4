import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventParser } from './event-parser.js';

const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\n\r]/.test(text));
const event = fc.record({ type: line, data: fc.array(line, { minLength: 1 }), id: line });

test('events come back from their text in pieces of any size', () => {
  fc.assert(
    fc.property(fc.array(event), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (events, sizes) => {
      const text = events
        .map(({ data, id, type }) => `:\nevent: ${type}\nid: ${id}\n${data.map((one) => `data: ${one}\n`).join('')}\n`)
        .join('');
      const bytes = new TextEncoder().encode(text);
      const parser = new EventParser();
      const parsed: unknown[] = [];
      for (let at = 0, piece = 0; at < bytes.length; piece++) {
        const size = sizes[piece % sizes.length] as number;
        parsed.push(...parser.add(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(parsed).toEqual(
        events.map(({ data, id, type }) => ({ type: type || 'message', data: data.join('\n'), id })),
      );
    }),
  );
});

test('any bytes are parsed or too long', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (pieces) => {
      const parser = new EventParser(1_000);
      for (const piece of pieces) for (const one of parser.add(piece)) expect(one.data).not.toContain('\n\n\n\n');
    }),
  );
  const parser = new EventParser(10);
  expect(() => parser.add(new TextEncoder().encode('data: 0123456789'))).toThrow(RangeError);
  expect(() => new EventParser(10).add(new TextEncoder().encode('data: 012345\ndata: 6789012\n'))).toThrow(RangeError);
});
