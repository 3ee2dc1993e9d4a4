/** Topics that begin to match a pattern while the application runs. */

import { describe, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { countTexts, createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { type App, embedded, int32, memory, start, streams, string, type Transport, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';

const newFolder = temporaryFolders();
let runs = 0;
/** An application that counts the keys of all topics `<name>-in-…`. */
const counting = async (log: Transport) => {
  const name = `patterns-${process.pid}-${Date.now()}-${runs++}`;
  const [inputs, output] = [`in-${name}`, `out-${name}`];
  await createTopics(log, [`${inputs}-a`, output], 2);
  const app = streams(name);
  app
    .stream({ pattern: new RegExp(`${inputs}-.*`), key: string, value: string })
    .groupByKey()
    .count({ name: 'counts' })
    .toStream()
    .to(topic(output, { key: string, value: int32 }));
  const folder = await newFolder();
  const begin = (): Promise<App> =>
    start(app, { transport: log, folder, commitInterval: '50ms', matchInterval: '20ms', state: memory(), workers: 2 });
  return { name, inputs, output, begin };
};

const joined = (app: App): Promise<unknown> =>
  firstValueFrom(app.events$.pipe(filter(({ kind }) => kind === 'topics-joined')));

const suite = (open: () => Transport): void => {
  test('running tasks read a topic that begins to match, and commit its offsets', async () => {
    const log = open();
    const { inputs, output, begin } = await counting(log);
    const first = await begin();
    await sendTexts(log, `${inputs}-a`, [
      ['x', '', { partition: 0 }],
      ['y', '', { partition: 1 }],
    ]);
    await readTexts(log, output, 2, 2);
    await createTopics(log, [`${inputs}-b`], 2);
    await joined(first);
    await sendTexts(log, `${inputs}-b`, [
      ['x', '', { partition: 0 }],
      ['y', '', { partition: 1 }],
      ['y', '', { partition: 1 }],
    ]);
    await readTexts(log, output, 2, 5);
    await first.close();
    expect(first.counts.processed).toBe(5);

    const second = await begin();
    await sendTexts(log, `${inputs}-b`, [['x', '', { partition: 0 }]]);
    await readTexts(log, output, 2, 6);
    await second.close();
    expect(second.counts.processed).toBe(1);
    expect(await countTexts(log, output, 2)).toBe(6);
    await log.close();
  });

  test('a topic with more partitions than tasks fails the application by name', async () => {
    const log = open();
    const { inputs, name, begin } = await counting(log);
    const app = await begin();
    await createTopics(log, [`${inputs}-wide`], 3);
    const said = `topic "${inputs}-wide" has 3 partitions but there are 2 tasks: stop the application and delete "${name}-0-tasks"`;
    await expect(app.closed).rejects.toThrow(said);
    await expect(begin()).rejects.toThrow(said);
    await log.close();
  });
};

describe('on the embedded log', () => suite(() => embedded()));

describeWith('kafka', 'on Kafka', (brokers) => suite(() => kafka({ brokers })));
