/** The exports of an example, and a driver for its test. */
import { testDriver } from '@kstreams/testing';
import type { Streams } from 'kstreams';
import type { AnyTopic } from 'kstreams/authors';

/** An application with sample records. */
export interface Example {
  readonly app: Streams;
  /** Sample records, in order of arrival. */
  readonly sample: readonly (readonly [to: AnyTopic, key: unknown, value: unknown, timestamp: number])[];
  /** The topics that it writes. */
  readonly output: readonly AnyTopic[];
}

/** Runs an example in a test driver with its sample. */
export const drive = ({ app, sample }: Example) => {
  const driver = testDriver(app);
  for (const [to, key, value, timestamp] of sample) driver.input(to).pipe(key, value, timestamp);
  return driver;
};
