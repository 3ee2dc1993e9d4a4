import { messageOf, type Plan, partitionId, type TopicPartition, unnamedOf } from '@kstreams/core/graph';
import type { Observable } from 'rxjs';
import { match } from 'ts-pattern';
import { globalTask } from '../global/global-tables.js';
import type { DropCause } from '../task/stores/stored-position.js';
import { happened } from '../worker/topics/judge-topic-change.js';
import type { AppEvent } from './events.js';

/** A logger that takes fields first and then a message, as pino does. Warnings and errors have a field `code`. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The causes of dropped state, as texts. */
const causes: Readonly<Record<DropCause, (at: number, to: number) => string>> = {
  'beyond-end': (at, to) => `they are at offset ${at} of their topic, which ends at ${to}; the log has lost records`,
  'other-topic': () => 'their topic was deleted and created again',
  'deletes-expired': (at, to) =>
    `they are at offset ${at} of their topic, which ends at ${to} and may have dropped deletes meanwhile`,
};

/** Logs an event at its level. Its kind is the code. */
const logEvent = (logger: Logger, application: string, event: AppEvent): void => {
  const { kind, ...about } = event;
  const fields = { application, code: kind, ...about };
  match(event)
    .with({ kind: 'state' }, ({ state }) => logger.info(fields, `${application} is ${state}`))
    .with({ kind: 'assigned' }, { kind: 'revoked' }, ({ worker, partitions }) =>
      logger.info(fields, `worker ${worker}: ${kind} ${list(partitions)}`),
    )
    .with({ kind: 'lost' }, ({ worker, partitions }) =>
      logger.warn(fields, `worker ${worker}: lost ${list(partitions)}; uncommitted work is repeated elsewhere`),
    )
    .with({ kind: 'topics-joined' }, ({ topics }) =>
      logger.info(fields, `${application} reads new topics ${topics.join(', ')}`),
    )
    .with({ kind: 'topics-changed' }, ({ changes }) =>
      logger.warn(fields, `${application} continues with changed topics: ${changes.map(happened).join(', ')}`),
    )
    .with({ kind: 'replanned' }, ({ worker, error }) =>
      logger.warn(fields, `worker ${worker} joins its group again: ${error.message}`),
    )
    .with({ kind: 'fenced' }, ({ worker, error }) =>
      logger.warn(fields, `worker ${worker} lost its place in the group and joins again: ${error.message}`),
    )
    .with({ kind: 'replaced' }, ({ worker, error }) =>
      logger.error({ ...fields, err: error }, `worker ${worker} failed and is replaced: ${error.message}`),
    )
    .with({ kind: 'rolled-back' }, ({ worker, error }) =>
      logger.warn(fields, `worker ${worker} could not commit and continues from its last commit: ${error.message}`),
    )
    .with({ kind: 'state-dropped' }, ({ at, cause, partition, task, store, to }) =>
      logger.warn(
        fields,
        `${task === globalTask ? 'the process' : `task ${task}`} dropped the local rows of store "${store}", partition ${partition}, and restores it from the start: ` +
          causes[cause](at, to),
      ),
    )
    .with({ kind: 'state-without-offsets' }, ({ partition, store, task }) =>
      logger.warn(
        fields,
        `task ${task} found rows in store "${store}", partition ${partition}, that no offset of its sources was committed with: ` +
          'another topology wrote them, or the offsets of the group are gone; it adds the records of its sources to them',
      ),
    )
    .with({ kind: 'records-removed' }, ({ count, from, next, partition, to, topic }) =>
      logger.warn(
        fields,
        `topic "${topic}", partition ${partition}: ${
          to > from
            ? `the log deleted ${count} records before they were read, offsets ${from} to ${to}`
            : `it ends before offset ${from}, which is the next to read`
        }; ${next === 'fail' ? 'the application fails' : `reading continues from the ${next} offset`}`,
      ),
    )
    .with({ kind: 'record-dropped' }, ({ node, reason, record }) =>
      // A newer response follows, so nothing is lost.
      logger[reason === 'stale-response' ? 'info' : 'warn'](
        fields,
        `step "${node}" drops records, reason "${reason}", ${record === undefined ? '' : `the first at ${partitionId(record)} offset ${record.offset}; `}` +
          'the metric kstreams.records.dropped counts them',
      ),
    )
    .with({ kind: 'key-bytes-differ' }, ({ offset, partition, topic }) =>
      logger.warn(
        fields,
        `topic "${topic}" has keys in other bytes than their serde writes, the first in partition ${partition} at offset ` +
          `${offset}: joins with other topics and lookups by key miss them; read the topic as a stream and give it new ` +
          'keys with `map`, as in the guide to change data capture',
      ),
    )
    .with({ kind: 'restore-started' }, ({ task, store, from, to }) =>
      logger.info(fields, `task ${task} restores store "${store}" from ${from} to ${to}`),
    )
    .with({ kind: 'restore-progress' }, ({ task, store, at, to }) =>
      logger.debug(fields, `task ${task} restores store "${store}": ${at} of ${to}`),
    )
    .with({ kind: 'restore-ended' }, ({ task, store, restored, complete }) =>
      logger.info(
        fields,
        `task ${task} ${complete ? 'restored' : 'stopped restoring'} store "${store}": ${restored} records`,
      ),
    )
    .with({ kind: 'committed' }, ({ worker }) => logger.debug(fields, `worker ${worker} committed`))
    .with({ kind: 'purge-failed' }, ({ error, topics }) =>
      logger.warn(
        fields,
        `processed records of ${topics.join(', ')} cannot be deleted, so the topics grow until they can: ${error.message}`,
      ),
    )
    .with({ kind: 'extension-failed' }, ({ error }) => logger.error({ ...fields, err: error }, error.message))
    .with({ kind: 'failed' }, ({ error }) =>
      logger.error({ ...fields, err: error }, `${application} failed: ${messageOf(error)}`),
    )
    .exhaustive();
};

/** Logs the events of an application. Warns at once of stores and topics without a name. */
export const logApplication = (logger: Logger, plan: Plan, events$: Observable<AppEvent>): void => {
  events$.subscribe((event) => logEvent(logger, plan.name, event));
  logUnnamed(logger, plan);
};

/** Warns of stores and topics that a change of the topology may rename. */
const logUnnamed = (logger: Logger, plan: Plan): void => {
  for (const { kind, name, nodes } of unnamedOf(plan)) {
    logger.warn(
      { application: plan.name, code: 'unnamed', kind, name, nodes },
      `${kind} "${name}" is unnamed: a change of the topology may rename it and lose what it holds; name ${nodes.join(' or ')}`,
    );
  }
};

const list = (partitions: readonly TopicPartition[]): string =>
  partitions.length === 0 ? 'nothing' : partitions.map(partitionId).join(', ');
