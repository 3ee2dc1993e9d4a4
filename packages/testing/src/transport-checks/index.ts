/** The requirements on every transport, as named checks for any test runner. */
import type { TransportCheck } from './check.js';
import { groupChecks } from './groups.js';
import { offsetChecks } from './offsets.js';
import { producerChecks } from './producers.js';
import { readingChecks } from './reading.js';
import { recordChecks } from './records.js';
import { sharingChecks } from './sharing.js';
import { topicChecks } from './topics.js';
import { transactionChecks } from './transactions.js';

export type { CheckOptions, TransportCheck } from './check.js';

/**
 * The checks that a transport must pass. They hold for real brokers: rebalances and deliveries may take time, offsets
 * may have gaps, and every topic, group and transactional id has a unique name.
 *
 * @example
 * for (const { name, run } of transportChecks) test(name, () => run(async () => embedded()))
 */
export const transportChecks: readonly TransportCheck[] = [
  ...recordChecks,
  ...readingChecks,
  ...producerChecks,
  ...offsetChecks,
  ...topicChecks,
  ...groupChecks,
  ...sharingChecks,
  ...transactionChecks,
];
