import { type Admin, ConfigError, type Plan } from '@kstreams/core/graph';
import { conflictWith, startOf, topologyLabel } from './topology-label.js';

/** Refuses to share a group with a program of another topology: both would divide sources, or write one changelog. */
export class NameCheck {
  /** The label of this process in its group. */
  readonly label: string;
  readonly #plan: Plan;
  readonly #admin: Admin;

  /** `startedAt` is the wall time of the start, in ms. */
  constructor(plan: Plan, admin: Admin, startedAt: number) {
    this.#plan = plan;
    this.#admin = admin;
    this.label = topologyLabel(plan, startedAt);
  }

  /**
   * Checks the members that were there before this process joins.
   *
   * @throws ConfigError for a member of a topology that does not fit.
   */
  beforeJoin(): Promise<void> {
    return this.#check(() => true);
  }

  /** Checks the members that joined at the same time. Of two processes that do not fit, the one that started later fails. */
  afterJoin(): Promise<void> {
    return this.#check((label) => {
      const [mine, theirs] = [startOf(this.label), startOf(label)];
      return mine === theirs ? label < this.label : theirs < mine;
    });
  }

  async #check(precedes: (label: string) => boolean): Promise<void> {
    const { name: group } = this.#plan;
    for (const { label, name } of await this.#admin.members(group)) {
      if (label === undefined || !precedes(label)) continue;
      const conflict = conflictWith(this.#plan, label);
      if (conflict === undefined) continue;
      const { kind, topic } = conflict;
      const does =
        kind === 'source'
          ? `reads "${topic}" too, for other stores or outputs`
          : `writes "${topic}" too, from other sources`;
      throw new ConfigError(
        `the name "${group}" belongs to another topology: its member ${name} ${does}. Give each program another name; to ` +
          'upgrade this one, close all processes of the old version first',
      );
    }
  }
}
