import { match, P } from 'ts-pattern';
import type { TopicRole } from './topic-roles.js';

/** A difference between a topic and its state when the application last looked. */
export interface TopicChange {
  readonly topic: string;
  readonly kind: 'grew' | 'recreated' | 'deleted';
  /** The partition count before. */
  readonly before: number;
  /** The partition count now; 0 for a deleted topic. */
  readonly now: number;
}

/** The reaction to a change: continue, join the group again with a new plan, or stop. */
export type Verdict =
  | { readonly kind: 'continue' }
  | { readonly kind: 'rejoin'; readonly reason: string }
  | { readonly kind: 'stop'; readonly reason: string };

/** Returns the reaction to a change of a topic with these uses: the most severe one. */
export const judgeTopicChange = (change: TopicChange, roles: readonly TopicRole[]): Verdict =>
  roles
    .map((role) => judge(change, role))
    .reduce((worst, one) => (severity(one) > severity(worst) ? one : worst), {
      kind: 'continue',
    });

const severity = ({ kind }: Verdict): number => ['continue', 'rejoin', 'stop'].indexOf(kind);

const judge = (change: TopicChange, role: TopicRole): Verdict => {
  const { topic } = change;
  return match(role)
    .returnType<Verdict>()
    .with({ kind: 'output' }, () => ({ kind: 'continue' }))
    .with({ kind: 'source' }, (source) => judgeSource(change, source))
    .with({ kind: 'global' }, () => judgeGlobal(change))
    .with({ kind: 'changelog' }, ({ store }) =>
      stop(
        change.kind === 'grew'
          ? `${happened(change)}, and store "${store}" has ${change.before}: ${startOver}`
          : changelogLost(topic, store),
      ),
    )
    .with({ kind: 'repartition' }, () =>
      change.kind === 'grew'
        ? stop(`${happened(change)}, so keys would move between tasks: ${startOver}`)
        : stop(`${happened(change)}, with the records that were not processed yet: start again to go on without them`),
    )
    .with({ kind: P.union('tasks', 'placement') }, () =>
      change.kind === 'grew'
        ? { kind: 'continue' }
        : stop(`${happened(change)}: start again, "${topic}" is created then`),
    )
    .exhaustive();
};

const judgeSource = (change: TopicChange, role: Extract<TopicRole, { kind: 'source' }>): Verdict => {
  const { before, kind } = change;
  const { joined, matched, stores } = role;
  const kept = stores.map((store) => `"${store}"`).join(', ');
  if (kind === 'deleted') {
    if (matched) return { kind: 'rejoin', reason: `${happened(change)}: it is no longer read` };
    return stop(`source ${happened(change)}: create it and start again`);
  }
  if (kind === 'recreated') {
    if (stores.length === 0) return { kind: 'rejoin', reason: `${happened(change)}: it is read from its beginning` };
    return stop(
      `${happened(change)}, and the rows of store ${kept} follow from the old one: start again to add the records of the ` +
        `new one to them, or start over under another name`,
    );
  }
  const keep = `read it through repartition({ partitions: ${before} }) to keep the rows, or start over under another name`;
  if (joined.length > 0) {
    const others = joined.map((other) => `"${other}"`).join(', ');
    return stop(`${happened(change)}, and its keys no longer meet those of ${others} in one task: ${keep}`);
  }
  if (stores.length > 0) {
    return stop(`${happened(change)}, and its keys moved away from their rows in store ${kept}: ${keep}`);
  }
  return { kind: 'continue' };
};

/** Every process reads all of a global table, so added partitions move nothing. */
const judgeGlobal = (change: TopicChange): Verdict =>
  match(change.kind)
    .returnType<Verdict>()
    .with('grew', () => ({ kind: 'continue' }))
    .with('recreated', () => stop(`${happened(change)}: start again to read the new global table`))
    .with('deleted', () => stop(`global table ${happened(change)}: create it and start again`))
    .exhaustive();

/** Returns a change in words. */
export const happened = ({ before, kind, now, topic }: TopicChange): string =>
  match(kind)
    .with('grew', () => `topic "${topic}" grew from ${before} to ${now} partitions`)
    .with('recreated', () => `topic "${topic}" was deleted and created again`)
    .with('deleted', () => `topic "${topic}" was deleted`)
    .exhaustive();

const startOver =
  'start over under another name, or delete the group and its internal topics to read the sources again';

/** Returns the message for a changelog that is gone while the offsets of its task are committed. */
export const changelogLost = (topic: string, store: string): string =>
  `changelog "${topic}" was deleted, and with it the rows of store "${store}" whose records count as processed: ${startOver}`;

const stop = (reason: string): Verdict => ({ kind: 'stop', reason });
