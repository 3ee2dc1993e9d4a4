/** Clients that are opened and closed. */
import type { Transport } from 'kstreams';
import type { Work } from './soak.js';

/** Returns rounds that open and close one client of each kind. */
export const clients = (log: Transport, name: string, rounds: number): Work => ({
  name: 'a member, a reader and two producers opened and closed',
  rounds,
  limits: { heap: 4_000, process: 60_000 },
  round: async () => {
    const member = await log.consumer({ clientId: name, group: name });
    const reader = await log.consumer({ clientId: name });
    const producer = await log.producer({ clientId: name, failed: () => {} });
    const transactional = await log.producer({ clientId: name, transactionalId: name, failed: () => {} });
    const admin = await log.admin();
    await admin.topics([name]);
    await Promise.all([member, reader, producer, transactional, admin].map((client) => client.close()));
  },
});
