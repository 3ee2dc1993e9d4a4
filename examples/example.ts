/** What every example exports, and how its sample is put through it in a test. */
import { testDriver } from '@kstreams/testing';
import type { Streams } from 'kstreams';
import type { AnyTopic } from 'kstreams/authors';

/** An application with records to try it on. */
export interface Example {
  readonly app: Streams;
  /** Records by their topics, in the order in which they arrive. */
  readonly sample: readonly (readonly [to: AnyTopic, key: unknown, value: unknown, timestamp: number])[];
  /** The topics that it writes. */
  readonly output: readonly AnyTopic[];
}

/** Drives an example with its sample. */
export const drive = ({ app, sample }: Example) => {
  const driver = testDriver(app);
  for (const [to, key, value, timestamp] of sample) driver.input(to).pipe(key, value, timestamp);
  return driver;
};
