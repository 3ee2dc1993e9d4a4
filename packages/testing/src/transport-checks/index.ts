/** What every transport must do, as named checks that any test runner can go through. */
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
 * The checks that a transport must pass. They ask for nothing that a real broker cannot give: rebalances and deliveries
 * take their time, offsets may have gaps, and every topic, group and transactional id has a name of its own.
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
