import { type CommittedOffset, TransportError } from '@kstreams/core/graph';
import { codes, request, requestTimeout } from '@kstreams/kafka-common';
import { addOffsetsToTxnV3, addPartitionsToTxnV3, endTxnV3, txnOffsetCommitV3 } from '@platformatic/kafka';
import type { Cluster } from '../client/cluster.js';
import { throwIf } from '../client/failures.js';
import { offsetErrorOf, offsetTopicsOf } from '../consumer/group-offsets.js';
import { byTopic } from '../group/by-topic.js';
import type { MemberIdentity } from '../group/membership.js';
import type { ProducerIdentity } from '../records/batch-builder.js';
import type { PartitionQueue } from './partition-queue.js';

/** The transactions of a producer, one after another. */
export class Transactions {
  readonly #cluster: Cluster;
  readonly #id: string;
  /** Returns the identity of the producer, which changes after an abort. */
  readonly #identity: () => ProducerIdentity;
  readonly #partitions = new Set<PartitionQueue>();
  #hasOffsets = false;
  #open = false;

  constructor(cluster: Cluster, id: string, identity: () => ProducerIdentity) {
    this.#cluster = cluster;
    this.#id = id;
    this.#identity = identity;
  }

  /** True between `begin` and the end of the transaction. */
  get open(): boolean {
    return this.#open;
  }

  begin(): void {
    if (this.#open) throw new TransportError('a transaction is open already: commit or abort it first');
    this.#open = true;
  }

  /** Throws unless a transaction is open. */
  requireOpen(): void {
    if (!this.#open) throw new TransportError('no transaction is open: begin one first');
  }

  /** Adds partitions before the first of their records. Throws RequestError when the broker refuses one. */
  async add(queues: readonly PartitionQueue[]): Promise<void> {
    const added = queues.filter(({ inTransaction }) => !inTransaction);
    if (added.length === 0) return;
    const topics = [...byTopic(added)].map(([name, partitions]) => ({ name, partitions: [...partitions] }));
    const { epoch: producerEpoch, id: producerId } = this.#identity();
    const response = await this.#cluster.coordinate(
      'transaction',
      this.#id,
      { codeOf: addErrorOf },
      addPartitionsToTxnV3.api,
      [{ transactionalId: this.#id, producerId, producerEpoch, verifyOnly: false, topics }],
    );
    throwIf(addErrorOf(response));
    for (const queue of added) {
      queue.inTransaction = true;
      this.#partitions.add(queue);
    }
  }

  /** Adds the offsets of a group to the transaction. */
  async sendOffsets(offsets: readonly CommittedOffset[], group: string, member: () => MemberIdentity): Promise<void> {
    const { epoch, id } = this.#identity();
    const topics = offsetTopicsOf(offsets);
    await this.#request('offsets cannot be added to the transaction', async () => {
      const response = await this.#cluster.coordinate(
        'transaction',
        this.#id,
        { codeOf },
        addOffsetsToTxnV3.api,
        this.#id,
        id,
        epoch,
        group,
      );
      throwIf(response.errorCode);
    });
    this.#hasOffsets = true;
    const deadline = this.#cluster.clock.monotonic() + requestTimeout;
    await this.#request('offsets cannot be added to the transaction', async () => {
      const { generation, id: memberId, instanceId } = member();
      const response = await this.#cluster.coordinate(
        'group',
        group,
        { codeOf: offsetErrorOf },
        txnOffsetCommitV3.api,
        this.#id,
        group,
        id,
        epoch,
        generation,
        memberId,
        generation < 0 ? null : instanceId,
        topics,
      );
      const code = offsetErrorOf(response);
      // A group refuses offsets while a rebalance ends, until this member has the new generation.
      const moves = code === codes.oldGeneration || code === codes.rebalancing;
      if (moves && generation >= 0 && this.#cluster.clock.monotonic() < deadline) {
        throw new TransportError('the group rebalances', {}, undefined, true);
      }
      throwIf(code);
    });
  }

  /** Ends the transaction. Brokers have no transaction without records and offsets. */
  async end(commit: boolean): Promise<void> {
    const written = this.#partitions.size > 0 || this.#hasOffsets;
    if (written) {
      const { epoch, id } = this.#identity();
      await this.#request(`the transaction cannot be ${commit ? 'committed' : 'aborted'}`, async () => {
        const response = await this.#cluster.coordinate(
          'transaction',
          this.#id,
          { codeOf },
          endTxnV3.api,
          this.#id,
          id,
          epoch,
          commit,
        );
        throwIf(response.errorCode);
      });
    }
    this.forget();
  }

  /** Forgets the open transaction, which brokers end by fencing or by its time-out. */
  forget(): void {
    for (const queue of this.#partitions) queue.inTransaction = false;
    this.#partitions.clear();
    this.#hasOffsets = false;
    this.#open = false;
  }

  #request(action: string, send: () => Promise<void>): Promise<void> {
    return request(this.#cluster.clock, action, send, `Write on transactional id "${this.#id}"`);
  }
}

const codeOf = ({ errorCode }: { readonly errorCode: number }): number => errorCode;

/** Returns the first error of added partitions: the others are refused because of it. */
const addErrorOf = ({ resultsByTransaction }: ReturnType<typeof addPartitionsToTxnV3.parseResponse>): number => {
  const results = resultsByTransaction.flatMap(({ topicResults }) => topicResults);
  const found = results.flatMap(({ resultsByPartition }) => resultsByPartition.map((one) => one.partitionErrorCode));
  return found.find((code) => code !== 0 && code !== notAttempted) ?? found.find((code) => code !== 0) ?? 0;
};

/** The code of a partition that was not added because of another one. */
const notAttempted = 55;
