/** A self join across a restart. */

import { expect, test } from '@jest/globals';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { embedded, memory, start, streams, string, topic, within } from 'kstreams';

const input = topic('input', { key: string, value: string });
const met = topic('met', { key: string, value: string });

test('a self join keeps its stream time across a restart', async () => {
  const log = embedded();
  await createTopics(log, ['input', 'met'], 1);
  const run = () => {
    const app = streams('self');
    const stream = app.stream(input);
    stream.join(stream, within(5, { self: 'as-one' }), (one, other) => `${one}+${other}`, { name: 'pairs' }).to(met);
    return start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet });
  };
  const send = (value: string, timestamp: number) => sendTexts(log, 'input', [['a', value, { timestamp }]]);
  const first = await run();
  await send('first', 1_100);
  await readTexts(log, 'met', 1, 1);
  await first.close();

  const second = await run();
  await send('late', 1_090);
  await send('next', 1_106);
  expect((await readTexts(log, 'met', 1, 2)).map(([, value]) => value)).toEqual(['first+first', 'next+next']);
  await second.close();
  await log.close();
});
