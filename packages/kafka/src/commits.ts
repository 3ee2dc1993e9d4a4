import { type CommittedOffset, ConfigError, toUtf8 } from '@kstreams/core/graph';
import type { NativeConsumer, NativeError, NativePartition } from './addon.js';

/** The longest note that the client hands on whole; brokers take one byte more, which it spends on an end mark. */
const longestNote = 4_095;

interface Pending {
  readonly resolve: () => void;
  readonly reject: (failure: NativeError) => void;
}

/** Commits on their way: the client tells their outcomes in the order in which they were asked for. */
export class Commits {
  readonly #pending: Pending[] = [];

  /** Whether an outcome is still to come; it comes only while the client is being asked for records. */
  get pending(): boolean {
    return this.#pending.length > 0;
  }

  /** Sends a commit off; rejects with what the client says. */
  send(native: NativeConsumer, offsets: readonly NativePartition[]): Promise<void> {
    return new Promise((resolve, reject) => {
      native.commit(offsets);
      this.#pending.push({ resolve, reject });
    });
  }

  /** The outcome of the oldest commit. */
  settle(failure: NativeError | undefined | null): void {
    const oldest = this.#pending.shift();
    if (failure) oldest?.reject(failure);
    else oldest?.resolve();
  }

  /** No outcome will come any more. */
  giveUp(failure: NativeError): void {
    while (this.pending) this.settle(failure);
  }
}

/** An offset to be committed; a note that would not come back as it went is refused. */
export const nativeOffsetOf = ({ topic, partition, offset, metadata }: CommittedOffset): NativePartition => {
  if (metadata === undefined) return { topic, partition, offset };
  if (metadata.includes('\0') || toUtf8(metadata).length > longestNote) {
    throw new ConfigError(
      `a note on a committed offset has at most ${longestNote} bytes and no zero among them: shorten or encode it`,
    );
  }
  return { topic, partition, offset, metadata };
};
