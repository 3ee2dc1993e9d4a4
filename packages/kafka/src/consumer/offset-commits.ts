import { type CommittedOffset, checkOffsetMetadata } from '@kstreams/core/graph';
import type { NativeConsumer, NativeError, NativePartition } from '../client/addon.js';

interface PendingCommit {
  readonly resolve: () => void;
  readonly reject: (failure: NativeError) => void;
}

/** The commits in flight. The client reports their outcomes in the order of the commits. */
export class OffsetCommits {
  readonly #native: Pick<NativeConsumer, 'commit'>;
  readonly #pending: PendingCommit[] = [];

  constructor(native: Pick<NativeConsumer, 'commit'>) {
    this.#native = native;
  }

  /** True while an outcome is missing. Outcomes arrive only during a fetch. */
  get pending(): boolean {
    return this.#pending.length > 0;
  }

  /** Sends a commit; rejects with the native error. */
  send(offsets: readonly NativePartition[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#native.commit(offsets);
      this.#pending.push({ resolve, reject });
    });
  }

  /** Settles the oldest commit; for the client's `offset_commit_cb`. */
  settle(failure: NativeError | undefined | null): void {
    const oldest = this.#pending.shift();
    if (failure) oldest?.reject(failure);
    else oldest?.resolve();
  }

  /** Rejects all commits in flight. */
  rejectAll(failure: NativeError): void {
    while (this.pending) this.settle(failure);
  }
}

/**
 * Returns an offset to commit.
 *
 * @throws ConfigError for metadata that the client would truncate.
 */
export const nativeOffsetOf = (committed: CommittedOffset): NativePartition => {
  checkOffsetMetadata(committed);
  const { topic, partition, offset, metadata } = committed;
  return metadata === undefined ? { topic, partition, offset } : { topic, partition, offset, metadata };
};
