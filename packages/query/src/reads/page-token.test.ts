import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../service/problem.js';
import { decodePageToken, encodePageToken } from './page-token.js';

test('the end of a page comes back from its token, for the same query only', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.uint8Array(), fc.string(), (partition, rowKey, query) => {
      const token = encodePageToken({ partition, rowKey }, query);
      expect(token).toMatch(/^[\w-]+$/);
      expect(decodePageToken(token, query)).toEqual({ partition, rowKey });
      expect(() => decodePageToken(token, `${query}.`)).toThrow('belongs to another query');
    }),
  );
});

test('any other text is a problem', () => {
  fc.assert(fc.property(fc.string(), (text) => expect(() => decodePageToken(text, '')).toThrow(Problem)));
});
