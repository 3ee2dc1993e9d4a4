import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { notesOf } from './main.js';

describeWith('registry', 'orders of two versions in one topic', (url) => {
  test('are read in the version of the reader', async () => {
    expect(await notesOf(url, `orders-${crypto.randomUUID()}`)).toEqual(['o-1: none', 'o-2: fragile']);
  });
});
