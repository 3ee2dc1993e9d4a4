import { type TestDriver, testDriver } from '@kstreams/testing';
import { topic } from 'kstreams';
import type { ByteStore } from 'kstreams/authors';
import { buildCase } from '../build-case.js';
import type { Case, CaseRow, CaseStep, Emitted } from '../case.js';
import { text } from '../statements/building.js';
import { type Engine, uncounted } from './engine.js';

/**
 * The test driver. With a backend it commits after every record and keeps one live value per store, so that reads come
 * from the backend.
 */
export const driverEngine = (one: Case, bytes?: ByteStore): Engine => {
  const { app, outputs } = buildCase(one);
  const driver = testDriver(app, bytes === undefined ? {} : { bytes, liveLimit: 1 });
  return {
    feed: async (step) => {
      feed(driver, step);
      if (bytes !== undefined || one.config.cache === true) await driver.commit();
    },
    read: async () =>
      [...outputs].flatMap(([name, serdes]) =>
        driver
          .output(topic(name, serdes))
          .read()
          .map(({ key, value, timestamp }): Required<Emitted> => ({ topic: name, key, value, ts: timestamp })),
      ),
    get dropped() {
      return uncounted.reduce((sum, reason) => sum - driver.dropped(reason), driver.dropped());
    },
    rows: (store) => rowsOf(driver.view(store)),
    close: () => driver.close(),
  };
};

const feed = (driver: TestDriver, { in: input, advanceWallClockMs }: CaseStep): void => {
  if (advanceWallClockMs !== undefined) driver.advance(advanceWallClockMs);
  if (input === undefined) return;
  driver.input(topic(input.topic, { key: text, value: text })).pipe(input.key, input.value, input.ts);
};

/** Returns all rows of a view. */
export const rowsOf = async ({ all }: Pick<ReturnType<TestDriver['view']>, 'all'>): Promise<readonly CaseRow[]> => {
  const rows: CaseRow[] = [];
  for await (const [key, { value, timestamp }] of all()) rows.push({ key, value, ts: timestamp } as CaseRow);
  return rows;
};
