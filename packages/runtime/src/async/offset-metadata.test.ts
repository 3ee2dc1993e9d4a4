import { expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { corruptBytes } from '@kstreams/test-support/corrupt-bytes';
import { decodeProgress, encodeProgress } from './offset-metadata.js';

const text = new TextDecoder();
const toBytes = new TextEncoder();

test('damaged metadata decodes to a progress beyond its offset, or to an empty one', () => {
  const random = new Random(3);
  for (let i = 0; i < 10_000; i++) {
    const offset = random.below(1_000);
    const from = offset + random.between(1, 50);
    const metadata = encodeProgress(
      { time: random.below(10_000), finished: [[from, from + random.between(1, 9)]] },
      offset,
    );
    const { finished, time } = decodeProgress(text.decode(corruptBytes(random, toBytes.encode(metadata))), offset);
    expect(Number.isSafeInteger(time)).toBe(true);
    for (const [first, end] of finished) expect(first >= offset && end >= first).toBe(true);
  }
});
