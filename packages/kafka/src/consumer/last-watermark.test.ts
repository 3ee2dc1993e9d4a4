import { expect, test } from '@jest/globals';
import { lastWatermark } from './last-watermark.js';

const partition = { topic: 'orders', partition: 0 };

test('the end of the last fetch', () => {
  expect(lastWatermark({ getWatermarkOffsets: () => ({ highOffset: 7 }) }, partition)).toBe(7);
});

test('undefined before a fetch, without a sentinel', () => {
  expect(lastWatermark({ getWatermarkOffsets: () => ({ highOffset: -1001 }) }, partition)).toBeUndefined();
  const unfetched = (): never => {
    throw new Error('Local: Unknown partition');
  };
  expect(lastWatermark({ getWatermarkOffsets: unfetched }, partition)).toBeUndefined();
});
