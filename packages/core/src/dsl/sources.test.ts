import { describe, expect, test } from '@jest/globals';
import { double, json, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { type SourceNode, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const others = topic('others', { key: string, value: string });

const sourcesOf = (app: ReturnType<typeof streams>): SourceNode[] =>
  app.build().nodes.filter((node): node is SourceNode => node.kind === 'source');

describe('stream', () => {
  test('reads several topics of the same types as one', () => {
    const app = streams('app');
    const seen: unknown[] = [];
    app.stream([lines, others]).forEach((line, key) => {
      seen.push([key, line]);
    });
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    driver.input(others).pipe('b', 'y', 2);
    expect(seen).toEqual([
      ['a', 'x'],
      ['b', 'y'],
    ]);
    expect(sourcesOf(app).map(({ topics }) => topics)).toEqual([['lines', 'others']]);
    expect(() => streams('app').stream([])).toThrow('reads no topic: name at least one');
  });

  test('takes the position to begin at', () => {
    const app = streams('app');
    app.stream(lines, { from: { ago: '1h' } }).forEach(() => {});
    app.stream(others, { from: 'latest', name: 'late' }).forEach(() => {});
    expect(sourcesOf(app)).toMatchObject([{ from: { ago: 3_600_000 } }, { id: 'late', from: 'latest' }]);
    expect(() => app.stream(topic('more', { value: string }), { from: { ago: 'soon' as never } })).toThrow('ago');
  });

  test('takes timestamps from an extractor; a negative one drops the record', () => {
    const app = streams('app');
    const times: number[] = [];
    const timestamp = ({ value }: { value: unknown }, streamTime: number) =>
      value === 'same' ? streamTime : Number(value);
    app
      .stream(lines, { timestamp })
      .processValues((context) => ({ timestamp }) => {
        times.push(timestamp, context.time.stream);
      })
      .forEach(() => {});
    const driver = testDriver(app);
    for (const value of ['7', '3', 'same', '-1']) driver.input(lines).pipe('a', value, 99);
    expect(times).toEqual([7, 7, 3, 7, 7, 7]);
    expect(driver.drops).toEqual([{ node: 'source-0', reason: 'negative-timestamp', count: 1 }]);
  });

  test('a null value is an error unless the serde is nullable', () => {
    const app = streams('app');
    app.stream(lines).forEach(() => {});
    app.stream(topic('nullable', { key: string, value: nullable(string) })).forEach(() => {});
    const driver = testDriver(app);
    expect(() => driver.input(lines).pipe('a', null, 1)).toThrow(
      /the value is null, which string does not allow: use nullable\(…\).*topic lines, partition 0, offset 0/,
    );
    driver.input(topic('nullable', { key: string, value: nullable(string) })).pipe('a', null, 1);
  });
});

describe('a topic is read once', () => {
  test('read twice in the same way it is one source with two readers, in order', () => {
    const app = streams('app');
    const seen: string[] = [];
    app.stream(lines, { from: 'latest' }).forEach((line) => {
      seen.push(`first ${line}`);
    });
    app.stream(lines, { from: 'latest' }).forEach((line) => {
      seen.push(`second ${line}`);
    });
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    expect(seen).toEqual(['first x', 'second x']);
    expect(sourcesOf(app)).toHaveLength(1);
  });

  test('two tables of one topic share its source', () => {
    const app = streams('app');
    app
      .table(lines)
      .toStream()
      .forEach(() => {});
    app
      .table(lines, { name: 'kept' })
      .toStream()
      .forEach(() => {});
    expect(sourcesOf(app).map(({ id }) => id)).toEqual(['table-source-0']);
  });

  test.each([
    ['as a stream and as a table', (app: ReturnType<typeof streams>) => app.table(lines)],
    ['as a stream and as a globalTable', (app: ReturnType<typeof streams>) => app.globalTable(lines)],
    ['together with other topics', (app: ReturnType<typeof streams>) => app.stream([others, lines])],
    ['from different places', (app: ReturnType<typeof streams>) => app.stream(lines, { from: 'latest' })],
    [
      'with different timestamp extractors',
      (app: ReturnType<typeof streams>) => app.stream(lines, { timestamp: () => 1 }),
    ],
    [
      'with different serdes for the value (string and double)',
      (app: ReturnType<typeof streams>) => app.stream(topic('lines', { key: string, value: double })),
    ],
    ['under the names "source-0" and "mine"', (app: ReturnType<typeof streams>) => app.stream(lines, { name: 'mine' })],
  ])('read %s it is refused in that call', (difference, again) => {
    const app = streams('app');
    app.stream(lines);
    expect(() => again(app)).toThrow(`topic "lines" is read twice, ${difference}: read it once and use that twice`);
  });

  test('two global tables of one topic are refused', () => {
    const app = streams('app');
    app.globalTable(lines);
    expect(() => app.globalTable(lines)).toThrow('topic "lines" is read twice, by global tables');
  });
});

describe('table and globalTable', () => {
  test('a null value deletes, a null key is dropped', () => {
    const accounts = topic('accounts', { key: string, value: json<{ balance: number }>() });
    const app = streams('app');
    const changes: unknown[] = [];
    app
      .table(accounts, { name: 'accounts' })
      .toStream()
      .forEach((account, key) => {
        changes.push([key, account]);
      });
    app.globalTable(lines, { name: 'everywhere' });
    const driver = testDriver(app);
    driver.input(accounts).pipe('ann', { balance: 1 }, 1);
    driver.input(accounts).pipe('ann', null, 2);
    driver.input(accounts).pipe(null, { balance: 2 }, 3);
    driver.input(lines).pipe(null, 'x', 4);
    expect(changes).toEqual([
      ['ann', { balance: 1 }],
      ['ann', null],
    ]);
    expect(driver.drops).toEqual([
      { node: 'accounts', reason: 'null-key', count: 1 },
      { node: 'everywhere', reason: 'null-key', count: 1 },
    ]);
  });
});
