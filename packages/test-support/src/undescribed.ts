/** A log that does not describe its topics, as a cluster does without the right to: only a refusal shows what they take. */
import type { Transport } from '@kstreams/core/graph';
import { override } from './override.js';

/** Returns a log with topics of unknown cleanup policies. */
export const undescribed = (log: Transport): Transport =>
  override(log, {
    admin: async () => {
      const admin = await log.admin();
      const topics: typeof admin.topics = async (names) =>
        new Map([...(await admin.topics(names))].map(([name, topic]) => [name, { ...topic, cleanup: 'unknown' }]));
      return override(admin, { topics });
    },
  });
