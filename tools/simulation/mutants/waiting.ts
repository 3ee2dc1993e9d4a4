import { Pending } from 'kstreams/authors';
import { AsyncStages } from '../../../packages/runtime/src/async/async-stages.js';
import { InFlightRecords } from '../../../packages/runtime/src/async/in-flight-records.js';
import { ParkedRecords } from '../../../packages/runtime/src/task/parked-records.js';
import { RecordCollector } from '../../../packages/runtime/src/task/record-collector.js';
import { Task } from '../../../packages/runtime/src/task/task.js';
import type { Mutant } from './mutant.js';
import { replace } from './replace.js';
import { withRows } from './seams.js';

const schemas = { schemas: { ids: 200, ahead: false, keys: false } };
const remoteState = { remoteState: { memory: 4_000, latency: 100 } };

/** Bugs in what waits for rows and schemas that are not loaded. */
export const waiting: readonly Mutant[] = [
  {
    name: 'the offset of a parked record is committed',
    guarantee: 'at-least-once',
    topology: 'mapValues → join with global table',
    waits: schemas,
    inject: () => replace(InFlightRecords.prototype, 'of', { value: () => [] }),
  },
  {
    name: 'later records of a key overtake a parked one',
    guarantee: 'exactly-once',
    topology: 'mapValues → join with global table',
    waits: schemas,
    inject: () => replace(ParkedRecords.prototype, 'holds', { value: () => false }),
  },
  {
    name: 'the work of a record that has to wait is kept',
    guarantee: 'exactly-once',
    topology: 'filter → aggregate',
    waits: schemas,
    inject: () =>
      replace(RecordCollector.prototype, 'rollBack', {
        value(this: RecordCollector) {
          this.keep();
        },
      }),
  },
  {
    name: 'a transaction does not wait for parked records',
    guarantee: 'exactly-once',
    topology: 'filter → stream with table',
    waits: schemas,
    inject: () => {
      const { prepare } = Task.prototype;
      return replace(Task.prototype, 'prepare', {
        value(this: Task, together: boolean) {
          return prepare.call(this, together && !this.loading);
        },
      });
    },
  },
  {
    name: 'a table is committed while records are parked that its source topic restores',
    guarantee: 'at-least-once',
    topology: 'stream with table',
    waits: schemas,
    inject: () => replace(AsyncStages.prototype, 'needsDrain', { get: () => false }),
  },
  {
    name: 'a row that is not loaded counts as absent',
    guarantee: 'exactly-once',
    waits: remoteState,
    around: withRows((bytes) => ({
      get: (key) => {
        try {
          return bytes.get(key);
        } catch (thrown) {
          if (thrown instanceof Pending) return undefined;
          throw thrown;
        }
      },
    })),
  },
];
