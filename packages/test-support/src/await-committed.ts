import type { TopicPartition, Transport } from '@kstreams/core';

/** Resolves when the group of an application has committed an offset, or the application has failed. */
export const awaitCommitted = async (
  log: Transport,
  app: { readonly name: string; readonly state: string },
  partition: TopicPartition,
  offset: number,
): Promise<void> => {
  const reader = await log.consumer({ clientId: 'committed', group: app.name });
  while (app.state !== 'failed' && ((await reader.committed([partition]))[0]?.offset ?? 0) < offset) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await reader.close();
};
