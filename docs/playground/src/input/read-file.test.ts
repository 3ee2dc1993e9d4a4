import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCsv } from './csv.js';
import { beginning } from './generate.js';
import { rowsOfFile } from './read-file.js';

describe('a file of input', () => {
  test('of CSV has a record per line, with the named columns', () => {
    const text = 'key,timestamp,amount,note\r\na,5,1.5,"one, ""two"""\r\nb,2026-01-05 12:00Z,true,\r\n';
    expect(rowsOfFile('sales.csv', text)).toEqual([
      { key: 'a', value: '{"amount":1.5,"note":"one, \\"two\\""}', time: '5' },
      { key: 'b', value: '{"amount":true,"note":""}', time: '2026-01-05 12:00Z' },
    ]);
  });

  test.each([
    ['an array', '[{"id":"x","n":1},{"key":"k","value":7,"time":9}]'],
    ['a value per line', '{"id":"x","n":1}\n\n{"key":"k","value":7,"time":9}\n'],
  ])('of JSON is read from %s', (_, text) => {
    expect(rowsOfFile('in.json', text)).toEqual([
      { key: 'x', value: '{"id":"x","n":1}', time: String(beginning) },
      { key: 'k', value: '7', time: '9' },
    ]);
  });

  test('of plain values has no keys', () => {
    expect(rowsOfFile('in.json', '["a", 2]').map(({ key, value }) => [key, value])).toEqual([
      ['', 'a'],
      ['', '2'],
    ]);
  });

  test.each([
    ['in.json', '{"a":1}\nno', 'in.json, line 2 is not JSON'],
    ['in.csv', 'a,b\n1,"2" 3', 'stray quote in line 2'],
    ['in.csv', 'a,b\n', 'in.csv has no records'],
    ['in.json', `[${'1,'.repeat(20_000)}1]`, 'has 20,001 records, but a run takes at most 20,000'],
  ])('%s that cannot be read is refused', (name, text, message) => {
    expect(() => rowsOfFile(name, text)).toThrow(message);
  });

  test('of CSV gives back any text that was quoted', () => {
    const cell = fc.string().filter((text) => Number.isNaN(Number(text)) && !/^(true|false)$|^\s|\s$|^$/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (lines) => {
        const quoted = lines.map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(','));
        expect(parseCsv(['a,b', ...quoted].join('\n'))).toEqual(lines.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});
