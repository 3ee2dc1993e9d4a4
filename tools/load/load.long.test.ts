/** The short form of `npm run load`. */
import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { runLoad } from './run-load.js';

describeWith('kafka', 'queries under load', (brokers) => {
  test('reads, scans and subscribers are right while one of three processes is killed and started again', async () => {
    const options = { brokers, records: 50_000, rounds: 1, rate: 100, subscribers: 20 };
    const report = await runLoad(options, () => {});
    expect(report.problems).toEqual([]);
    expect(report.complete).toBe(20);
    expect(report.scans).toBeGreaterThan(0);
    expect(report.reads.right).toBeGreaterThan(0);
  }, 300_000);
});
