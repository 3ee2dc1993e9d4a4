import { expect, test } from '@jest/globals';
import * as wordCount from './01-word-count.js';
import * as route from './02-filter-and-route.js';
import * as totals from './03-windowed-totals.js';
import * as enrich from './04-enrich-from-a-table.js';
import * as processor from './05-processor.js';
import * as query from './06-query-a-view.js';
import * as spending from './07-kafka-to-kafka.js';
import * as timersPerKey from './10-timers-per-key.js';
import { type Runnable, runExample } from './run.js';

test.each<[string, Runnable, string[]]>([
  ['01-word-count', wordCount, ['word-counts to: 1', 'word-counts be: 3', 'word-counts it: 1']],
  ['02-filter-and-route', route, ['foreign-cards p3: {"amount":30,"country":"DE","type":"card"}', 'banks p2: ING']],
  ['03-windowed-totals', totals, ['totals {"key":"north","start":0,"end":300000}: 17']],
  ['04-enrich-from-a-table', enrich, ['invoices c1: {"customer":"c1","name":"Anna","total":30}']],
  ['05-processor', processor, ['visitors all: 1', 'visitors all: 3', 'visitors all: 4']],
  ['06-query-a-view', query, ['{"first":70,"some":{"ann":70,"anton":7}}']],
  ['07-kafka-to-kafka', spending, ['spent ann: 20', 'spent bob: 5', 'spent ann: 30']],
  ['10-timers-per-key', timersPerKey, ['forgotten-carts bob: jam']],
])('%s runs on the embedded log', async (_, example, expected) => {
  const printed: string[] = [];
  await runExample(example, (line) => printed.push(line));
  expect(printed).toEqual(expect.arrayContaining(expected));
});
