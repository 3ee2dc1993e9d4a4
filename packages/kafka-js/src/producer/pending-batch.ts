import type { Outgoing } from '@kstreams/core/graph';
import type { Compression } from '../client/settings.js';
import { BatchBuilder, type ProducerIdentity } from '../records/batch-builder.js';

/** A batch of one partition until it is acknowledged. */
export class PendingBatch {
  readonly #builder = new BatchBuilder();
  /** The records, where failures are to be reported with them. */
  readonly #records: Outgoing[] | undefined;
  /** The monotonic time of its first record, in ms. */
  readonly since: number;
  /** The monotonic time before which it is not sent again, in ms. */
  notBefore = 0;
  /** True after it was sent once: brokers may have it. */
  sent = false;
  #bytes: Buffer | undefined;
  #identity: ProducerIdentity | undefined;

  constructor(since: number, keepsRecords: boolean) {
    this.since = since;
    this.#records = keepsRecords ? [] : undefined;
  }

  get count(): number {
    return this.#builder.count;
  }

  get size(): number {
    return this.#builder.size;
  }

  /** The records, if they were kept. */
  get records(): readonly Outgoing[] {
    return this.#records ?? [];
  }

  add(record: Outgoing): void {
    this.#builder.add(record);
    this.#records?.push(record);
  }

  /** Returns its bytes: the same ones for a retry by the same producer, so that brokers find a batch that they have. */
  bytes(identity: ProducerIdentity, sequence: number, compression: Compression): Buffer {
    if (this.#bytes === undefined || this.#identity !== identity) {
      this.#identity = identity;
      this.#bytes = this.#builder.finish(identity, sequence, compression);
    }
    return this.#bytes;
  }
}
