import { afterEach } from '@jest/globals';

/**
 * Returns a function that closes what it receives after the test, the last first.
 *
 * @example
 * const closed = closedAfterEach()
 * test('…', async () => { const log = closed(kafka({ brokers })) })
 */
export const closedAfterEach = (): (<T extends { close(): unknown }>(one: T) => T) => {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  return (one) => {
    open.push(one);
    return one;
  };
};
