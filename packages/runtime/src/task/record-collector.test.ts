import { describe, expect, test } from '@jest/globals';
import { type Observer, type Outgoing, ProductionError, TransportError } from '@kstreams/core/graph';
import { FailedSends } from './failed-sends.js';
import { RecordCollector, type RecordCollectorOptions } from './record-collector.js';
import { RecordJournal } from './record-journal.js';
import { TaskObserver } from './task-observer.js';
import { TopicLimits } from './topic-limits.js';

const output = (value: string): Outgoing => ({
  topic: 'out',
  partition: 0,
  key: null,
  value: new TextEncoder().encode(value),
  timestamp: 1,
  headers: [],
});

const source = { topic: 'in', partition: 0, offset: 7 };

const setUp = (options: Partial<RecordCollectorOptions> = {}) => {
  const sent: Outgoing[] = [];
  const drops: string[] = [];
  const collector = new RecordCollector({
    application: 'app',
    task: '0_0',
    producer: { send: (record) => sent.push(record) },
    topics: new Map([['out', { partitions: 2 }]]),
    journal: new RecordJournal({ rollsBack: false }),

    dropped: (node, reason) => drops.push(`${node} ${reason}`),
    ...options,
  });
  return { collector, drops, sent };
};

describe('output', () => {
  test('without a journal leaves at once, as the same object', () => {
    const { collector, sent } = setUp();
    const record = output('a');
    collector.begin('record', 'source-0', source);
    collector.send(record);
    expect(sent).toEqual([record]);
    expect(sent[0]).toBe(record);
  });

  test('with a journal leaves when the work is kept, in order', () => {
    const { collector, drops, sent } = setUp({ journal: new RecordJournal() });
    const [first, second] = [output('a'), output('b')];
    collector.begin('record', 'source-0', source);
    collector.send(first);
    collector.drop('filter-0', 'negative-timestamp');
    collector.send(second);
    expect([sent, drops]).toEqual([[], []]);
    collector.keep();
    expect(sent).toEqual([first, second]);
    expect(drops).toEqual(['filter-0 negative-timestamp']);
  });

  test('of work that is rolled back never leaves, nor are its drops counted', () => {
    const { collector, drops, sent } = setUp({ journal: new RecordJournal() });
    collector.begin('record', 'source-0', source);
    collector.send(output('a'));
    collector.drop('filter-0', 'negative-timestamp');
    collector.rollBack();
    collector.begin('record', 'source-0', source);
    collector.keep();
    expect([sent, drops]).toEqual([[], []]);
  });
});

describe('the cause of output, where failed sends are judged', () => {
  test('is the source record, or the node of a punctuation; there is none outside of work', () => {
    const { collector, sent } = setUp({ failedSends: new FailedSends(new TopicLimits()) });
    collector.begin('record', 'source-0', source);
    collector.send(output('a'));
    collector.keep();
    collector.begin('punctuation', 'window-0', undefined);
    collector.send(output('b'));
    collector.keep();
    collector.send(output('c'));
    expect(sent).toEqual([
      { ...output('a'), cause: source },
      { ...output('b'), caller: { task: '0_0', node: 'window-0' } },
      output('c'),
    ]);
  });

  test('lets the failed output of a punctuation be skipped once', () => {
    const failedSends = new FailedSends(new TopicLimits());
    const { collector, sent } = setUp({ failedSends });
    const punctuate = (value: string): void => {
      collector.begin('punctuation', 'window-0', undefined);
      collector.send(output(value));
      collector.keep();
    };
    punctuate('a');
    failedSends.add(sent[0] as Outgoing, new TransportError('too large', {}, undefined, false), 'record');
    for (const failed of failedSends.takePunctuations()) failedSends.skipOnce(failed);
    punctuate('a');
    expect(sent).toHaveLength(1);
    punctuate('a');
    expect(sent).toHaveLength(2);
  });
});

test('an observer sees work begin, its output once it is kept, and its end', () => {
  const seen: string[] = [];
  const observer: Observer = {
    began: (_, work, node) => seen.push(`began ${work} ${node}`),
    sent: (_, { topic }) => seen.push(`sent ${topic}`),
    ended: (_, outcome) => seen.push(outcome),
  };
  const { collector } = setUp({ journal: new RecordJournal(), observer: new TaskObserver(observer) });
  collector.begin('record', 'source-0', source);
  collector.send(output('a'));
  seen.push('processed');
  collector.keep();
  expect(seen).toEqual(['began record source-0', 'processed', 'sent out', 'kept']);
});

test('the partition count of a missing topic is a named error', () => {
  const { collector } = setUp();
  expect(collector.partitions('out')).toBe(2);
  expect(() => collector.partitions('absent')).toThrow(ProductionError);
  expect(() => collector.partitions('absent')).toThrow(/topic "absent" does not exist: create/);
});
