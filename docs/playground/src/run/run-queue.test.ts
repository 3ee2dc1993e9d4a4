import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RunEvent } from './client.js';
import { RunQueue } from './run-queue.js';

const requestOf = (code: string) => ({ code, input: {}, shapes: {}, clock: { follows: true, after: 60 } });

/** Opens a queue with a runner that keeps what it is given; `emit` sends an event of the current run. */
const queueWithRunner = () => {
  const started: string[] = [];
  let opened = 0;
  let emit: (event: RunEvent) => void = () => undefined;
  const queue = new RunQueue((take) => {
    opened++;
    emit = take;
    return { run: ({ code }) => started.push(code) };
  });
  return { queue, started, emit: (event: RunEvent) => emit(event), opened: () => opened };
};

const done: RunEvent = { kind: 'done', id: 1, milliseconds: 0 };
const stopped: RunEvent = { kind: 'stopped', id: 1, after: 4_000 };
const log = (text: string): RunEvent => ({ kind: 'log', id: 1, lines: [{ step: 0, text }] });

describe('RunQueue', () => {
  test('opens no runner before the first run', () => {
    expect(queueWithRunner().opened()).toBe(0);
  });

  test('runs in the order of the calls, one at a time, with one runner; each run receives its own events', () => {
    const calls = fc.array(fc.constantFrom('add', 'done', 'stopped', 'log'), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(calls, (script) => {
        const { queue, started, emit, opened } = queueWithRunner();
        const taken: string[] = [];
        const expected: string[] = [];
        let added = 0;
        let ended = 0;
        for (const call of script) {
          if (call === 'add') {
            const code = `${added++}`;
            queue.add(requestOf(code), ({ kind }) => taken.push(`${code} ${kind}`));
          } else if (ended < added) {
            expected.push(`${ended} ${call}`);
            emit(call === 'done' ? done : call === 'stopped' ? stopped : log('a line'));
            if (call !== 'log') ended++;
          }
          expect(started).toEqual(Array.from({ length: Math.min(added, ended + 1) }, (_, at) => `${at}`));
        }
        expect(taken).toEqual(expected);
        expect(opened()).toBe(added > 0 ? 1 : 0);
      }),
    );
  });

  test('runs again what is added at the end of its run, after those that wait', () => {
    const { queue, started, emit } = queueWithRunner();
    queue.add(requestOf('a'), ({ kind }) => {
      if (kind === 'done' && started.length === 1) queue.add(requestOf('a again'), () => undefined);
    });
    queue.add(requestOf('b'), () => undefined);
    for (let run = 0; run < 3; run++) emit(done);
    expect(started).toEqual(['a', 'b', 'a again']);
  });
});
