import { expect, test } from '@jest/globals';
import { embedded, fromAsyncIterable, int32, topic } from 'kstreams';

const numbers = topic('numbers', { key: int32, value: int32 });

/** The number of entries after which the event loop has stood still for too long. */
const tooMany = 5_000_000;

/** Sets its flag in the next turn of the event loop. */
const nextTurn = () => {
  const seen = { yet: false };
  setImmediate(() => {
    seen.yet = true;
  });
  return seen;
};

test('a source that never waits leaves the event loop its turns while it is written', async () => {
  const transport = embedded();
  const turn = nextTurn();
  async function* entries() {
    for (let value = 0; !turn.yet && value < tooMany; value++) yield { key: 1, value };
  }
  expect(await fromAsyncIterable(entries(), numbers, { transport })).toBeLessThan(tooMany);
  await transport.close();
});
