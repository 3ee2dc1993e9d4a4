import { expect, test } from '@jest/globals';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { testDriver } from '@kstreams/testing';
import { embedded, memory, type OnError, start, streams, string, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

const text = (name: string) => topic(name, { key: string, value: string });
const refuse = (value: string): string => {
  if (value === 'bad') throw new RangeError('it is bad');
  return value;
};

/** Copies lines and refuses bad ones, in a step and in a step with its own policy. */
const copying = (name: string, ofStep: readonly string[] = []) => {
  const app = streams(name);
  const onError: OnError = () => ({ deadLetter: `${name}-of-step` });
  app
    .stream(text(`${name}-in`))
    .mapValues(refuse, { value: string })
    .to(text(`${name}-out`));
  app
    .stream(text(`${name}-calls`))
    .mapAsync(async (value) => refuse(value), { value: string, onError, deadLetters: ofStep })
    .to(text(`${name}-out`));
  return app;
};

test('declared dead letters are created on an embedded log, also those of a step', async () => {
  const log = embedded();
  const running = await start(copying('a', ['a-of-step']), {
    transport: log,
    state: memory(),
    onError: () => ({ deadLetter: 'a-dead' }),
    deadLetters: ['a-dead'],
    logger: quiet,
  });
  await sendTexts(log, 'a-in', [
    ['k', 'bad'],
    ['k', 'good'],
  ]);
  await sendTexts(log, 'a-calls', [['k', 'bad']]);
  expect(await readTexts(log, 'a-dead', 1, 1)).toEqual([['k', 'bad']]);
  expect(await readTexts(log, 'a-of-step', 1, 1)).toEqual([['k', 'bad']]);
  expect(await readTexts(log, 'a-out', 1, 1)).toEqual([['k', 'good']]);
  await running.close();
  await log.close();
});

test('an undeclared dead letter for a missing topic ends the application and says how to declare it', async () => {
  const log = embedded();
  const onError: OnError = () => ({ deadLetter: 'nowhere' });
  const running = await start(copying('b'), { transport: log, state: memory(), onError, logger: quiet });
  const closed = running.closed.then(
    () => '',
    (error: Error) => error.message,
  );
  await sendTexts(log, 'b-in', [['k', 'bad']]);
  expect(await closed).toMatch(/topic "nowhere" does not exist.* name it in `deadLetters` beside `onError`/);
  await log.close();
});

test('a name that no topic can have is refused at the start', async () => {
  const log = embedded();
  const options = { transport: log, state: memory(), deadLetters: ['dead letters'], logger: quiet };
  await expect(start(copying('c'), options)).rejects.toThrow('"dead letters" in `deadLetters` is no topic name');
  await log.close();
});

test('a driver reads dead letters of all policies, and refuses undeclared ones where some are declared', async () => {
  const onError: OnError = () => ({ deadLetter: 'd-dead' });
  const driver = testDriver(copying('d', ['d-of-step']), { onError, deadLetters: ['d-dead'] });
  driver.input(text('d-in')).pipe('k', 'bad');
  driver.input(text('d-calls')).pipe('k', 'bad');
  await driver.settled();
  expect(driver.output(text('d-dead')).read()).toMatchObject([{ key: 'k', value: 'bad' }]);
  expect(driver.output(text('d-of-step')).read()).toMatchObject([{ key: 'k', value: 'bad' }]);
  const strict = testDriver(copying('d'), { onError, deadLetters: ['other'] });
  expect(() => strict.input(text('d-in')).pipe('k', 'bad')).toThrow(
    'a dead letter goes to topic "d-dead", but `deadLetters` names "other": add it',
  );
});

describeWith('kafka', 'dead letters on a cluster', (brokers) => {
  test('must exist at the start, by name', async () => {
    const name = `dead-${crypto.randomUUID()}`;
    const log = kafka({ brokers });
    await createTopics(log, [`${name}-in`, `${name}-calls`, `${name}-out`, `${name}-dead`]);
    const options = { transport: log, state: memory(), deadLetters: [`${name}-dead`], logger: quiet };
    await expect(start(copying(name, [`${name}-of-step`]), options)).rejects.toThrow(
      `has no topic "${name}-of-step" for dead letters: create it, as with \`transport.admin()\``,
    );
    await createTopics(log, [`${name}-of-step`]);
    await (await start(copying(name, [`${name}-of-step`]), options)).close();
    await log.close();
  });
});
