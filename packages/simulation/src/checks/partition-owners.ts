import { partitionId, type TopicPartition } from '@kstreams/core/graph';
import type { Client } from './invariant-checker.js';

/** The members to which the group has assigned partitions. At most one that no fault has hit owns a partition. */
export class PartitionOwners {
  readonly #violate: (what: string) => void;
  readonly #owners = new Map<string, Client>();
  /** The number of the last assignment of each partition. */
  readonly #assignments = new Map<string, number>();
  #assignment = 0;

  constructor(violate: (what: string) => void) {
    this.#violate = violate;
  }

  /** Returns the ids of the partitions of a process, or of one of its clients. */
  *ownedBy(process: string, client?: string): Iterable<string> {
    for (const [id, owner] of this.#owners) {
      if (owner.process.name === process && (client === undefined || owner.client === client)) yield id;
    }
  }

  /**
   * Starts an assignment. `taken` notes the member as the owner of a partition once it has fetched the position to start
   * at, and returns false when the group has expelled the member and assigned the partition again meanwhile.
   */
  assigning(member: Client): { readonly taken: (partition: TopicPartition) => boolean } {
    this.#assignment += 1;
    const assignment = this.#assignment;
    return {
      taken: (partition) => {
        const id = partitionId(partition);
        const owner = this.#owners.get(id);
        const expelled = (this.#assignments.get(id) ?? 0) > assignment;
        const [kept, gone] = expelled ? [owner, member] : [member, owner];
        if (kept !== undefined && gone !== undefined && kept !== gone && gone.process.alive && !gone.process.faulted) {
          this.#violate(`${kept.process.name} was assigned ${id} while ${gone.process.name} owned it`);
        }
        if (expelled) return false;
        this.#assignments.set(id, assignment);
        this.#owners.set(id, member);
        return true;
      },
    };
  }

  /** Notes partitions that a member gave up or lost. */
  released(member: Client, partitions: readonly TopicPartition[]): void {
    for (const one of partitions) {
      const id = partitionId(one);
      if (this.#owners.get(id) === member) this.#owners.delete(id);
    }
  }

  /** Notes a member that left its group or died. */
  left(member: Client): void {
    for (const [id, owner] of this.#owners) if (owner === member) this.#owners.delete(id);
  }
}
