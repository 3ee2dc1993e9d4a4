import { describe, expect, test } from '@jest/globals';
import { noBytes, noHeaders, record } from '@kstreams/core/graph';
import { Random } from '@kstreams/simulation';
import { finishedLimit } from '../task/progress.js';
import { PartitionQueue } from '../task/queue.js';
import { encodeFinished } from './finished-offsets.js';
import { NoteRoom } from './note-room.js';
import { type Origin, Origins } from './origins.js';
import { progressOf } from './partition-progress.js';

const none = record(null, null, 0, noHeaders);

/** A partition whose records are taken in while there is room. */
const setUp = () => {
  const queue = new PartitionQueue(
    'in',
    0,
    'source-0',
    () => {},
    () => none,
  );
  const origins = new Origins();
  const room = new NoteRoom(queue, origins);
  let offset = 0;
  const take = (): Origin => {
    const received = {
      topic: 'in',
      partition: 0,
      offset,
      timestamp: 0,
      key: noBytes,
      value: noBytes,
      headers: noHeaders,
    };
    queue.add(received);
    const origin = origins.begin(0, queue, received);
    queue.advance();
    offset++;
    return origin;
  };
  const noteLength = (): number => {
    const { finished = [], offset: from = 0 } = progressOf(queue, origins) ?? {};
    return encodeFinished(from, finished).length;
  };
  return { noteLength, origins, room, take, taken: () => offset };
};

describe('the room for what is finished beyond the oldest unfinished record', () => {
  test('whatever pattern finishes, no more is taken in than fits into a note; what finishes makes room again', () => {
    const random = new Random(1);
    const { noteLength, origins, room, take, taken } = setUp();
    const oldest = take();
    const unfinished: Origin[] = [];
    let refused = 0;
    while (refused < 20 && taken() < 100_000) {
      if (room.full) {
        expect(noteLength()).toBeLessThanOrEqual(finishedLimit);
        refused++;
        origins.release(unfinished.splice(random.below(unfinished.length), 1)[0] as Origin);
      } else if (random.below(2) === 0) {
        unfinished.push(take());
      } else {
        origins.release(take());
      }
    }
    expect(refused).toBe(20);
    expect(taken()).toBeGreaterThan(20_000);
    for (const origin of [oldest, ...unfinished]) origins.release(origin);
    expect(room.full).toBe(false);
  });

  test('one gap, however long, leaves room: its note is a few bytes', () => {
    const { noteLength, origins, room, take } = setUp();
    take();
    let taken = 0;
    for (; taken < 50_000 && !room.full; taken++) origins.release(take());
    expect(taken).toBe(50_000);
    expect(noteLength()).toBeLessThanOrEqual(16);
  });

  test('where nothing is unfinished there is room', () => {
    const { origins, room, take } = setUp();
    expect(room.full).toBe(false);
    origins.release(take());
    expect(room.full).toBe(false);
  });
});
