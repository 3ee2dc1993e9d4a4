import { describe, expect, test } from '@jest/globals';
import { json, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { P } from 'ts-pattern';
import { type Stream, streams, topic } from '../index.js';

type Payment =
  | { readonly state: 'paid'; readonly amount: number }
  | { readonly state: 'failed'; readonly reason: string };

const lines = topic('lines', { key: string, value: string });
const payments = topic('payments', { key: string, value: nullable(json<Payment>()) });

/** Notes what reaches each branch. */
const note = (branches: Readonly<Record<string, Stream<string, unknown>>>, seen: unknown[]): void => {
  for (const [name, branch] of Object.entries(branches))
    branch.forEach((value) => {
      seen.push([name, value]);
    });
};

describe('split', () => {
  test('sends a record to the first branch it passes, to the rest when it passes none', () => {
    const app = streams('app');
    const seen: unknown[] = [];
    const tests = { long: (line: string) => line.length > 3, some: (line: string) => line.length > 1 };
    note(app.stream(lines).split(tests, { rest: 'others' }), seen);
    const driver = testDriver(app);
    for (const line of ['four', 'two', 'x']) driver.input(lines).pipe('a', line, 1);
    expect(seen).toEqual([
      ['long', 'four'],
      ['some', 'two'],
      ['others', 'x'],
    ]);
  });

  test('without a rest, a record that passes no test is left out and not counted as dropped', () => {
    const app = streams('app');
    const seen: unknown[] = [];
    note(app.stream(lines).split({ long: (line) => line.length > 3 }), seen);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    expect(seen).toEqual([]);
    expect(driver.dropped()).toBe(0);
  });

  test('an unread branch still takes its records', () => {
    const app = streams('app');
    const seen: unknown[] = [];
    const { others } = app.stream(lines).split({ long: (line) => line.length > 3 }, { rest: 'others' });
    note({ others }, seen);
    const driver = testDriver(app);
    for (const line of ['four', 'x']) driver.input(lines).pipe('a', line, 1);
    expect(seen).toEqual([['others', 'x']]);
  });
});

describe('match', () => {
  test('sends a record to the first branch whose pattern it matches, to the rest when it matches none', () => {
    const app = streams('app');
    const seen: unknown[] = [];
    const patterns = { large: { state: 'paid', amount: P.number.gt(9) }, failed: { state: 'failed' } } as const;
    note(app.stream(payments).match(patterns, { rest: 'others' }), seen);
    const driver = testDriver(app);
    const input = driver.input(payments);
    input.pipe('p', { state: 'paid', amount: 10 }, 1);
    input.pipe('p', { state: 'paid', amount: 1 }, 2);
    input.pipe('p', { state: 'failed', reason: 'no' }, 3);
    input.pipe('p', null, 4);
    expect(seen).toEqual([
      ['large', { state: 'paid', amount: 10 }],
      ['others', { state: 'paid', amount: 1 }],
      ['failed', { state: 'failed', reason: 'no' }],
      ['others', null],
    ]);
  });

  test('a value that matches no pattern is an error that shows the value', () => {
    const app = streams('app');
    const patterns = { paid: { state: 'paid' }, failed: { state: 'failed' }, gone: null } as const;
    note(app.stream(payments).match(patterns), []);
    const input = testDriver(app).input(payments);
    expect(() => input.pipe('p', { state: 'lost' } as never, 1)).toThrow(
      /match has no pattern for {"state":"lost"}: add one, or name a branch for the { rest }.*node match-0/,
    );
  });
});
