import { expect, test } from '@jest/globals';
import { decodeProgress, encodeProgress, type Progress } from '../../../packages/runtime/src/async/offset-metadata.js';
import { earlierNote } from './gap-note.js';

const lineage = { topicId: 'abcd', partitions: 3, changelogs: new Map([['rows', 'wxyz']]) };

test.each<[string, Progress]>([
  ['a few ranges', { time: 7, finished: [[103, 105]], lineage }],
  [
    'every second offset',
    { time: 7, finished: Array.from({ length: 40 }, (_, i) => [102 + 2 * i, 103 + 2 * i]), lineage },
  ],
  ['no lineage', { time: 7, finished: [[103, 105]] }],
])('the note of %s finishes one record more', (_, progress) => {
  const note = encodeProgress(progress, 100);
  const { finished, ...rest } = decodeProgress(note, 100);
  const { finished: changed, ...unchanged } = decodeProgress(earlierNote(note), 100);
  const [[from = 0, to] = [], ...others] = finished;
  expect(changed).toEqual([[from - 1, to], ...others]);
  expect(unchanged).toEqual(rest);
});
