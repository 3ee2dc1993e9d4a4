import { request } from '@kstreams/kafka-common';
import { initProducerIdV4 } from '@platformatic/kafka';
import { call } from '../client/call.js';
import type { Cluster } from '../client/cluster.js';
import { throwIf } from '../client/failures.js';
import type { ProducerIdentity } from '../records/batch-builder.js';

/** The transactional id of a producer, and the time after which brokers abort its open transaction, in ms. */
export interface TransactionalId {
  readonly id: string;
  readonly timeout: number;
}

/**
 * Requests the identity of a producer. With a transactional id it fences older producers of the id and aborts their open
 * transactions; with the `current` identity it continues under its next epoch.
 */
export const requestIdentity = async (
  cluster: Cluster,
  transactional: TransactionalId | undefined,
  current?: ProducerIdentity,
): Promise<ProducerIdentity> => {
  const [id, epoch] = current === undefined ? [-1n, -1] : [current.id, current.epoch];
  const codeOf = ({ errorCode }: { readonly errorCode: number }): number => errorCode;
  const args = [transactional?.id ?? null, transactional?.timeout ?? 0, id, epoch] as const;
  const right =
    transactional === undefined ? 'IdempotentWrite on cluster' : `Write on transactional id "${transactional.id}"`;
  return request(
    cluster.clock,
    transactional === undefined ? 'a producer cannot be initialized' : 'transactions cannot be initialized',
    async () => {
      const response =
        transactional === undefined
          ? await call(await cluster.any(), initProducerIdV4.api, ...args)
          : await cluster.coordinate('transaction', transactional.id, { codeOf }, initProducerIdV4.api, ...args);
      throwIf(response.errorCode);
      return { id: response.producerId, epoch: response.producerEpoch, transactional: transactional !== undefined };
    },
    right,
  );
};
