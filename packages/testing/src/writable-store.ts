import type { RecordJournal } from '@kstreams/runtime';

/** Returns a store for a test. Its methods may write, as during a record: each call is a turn of the task. */
export const writableStore = (store: object, turn: RecordJournal): object =>
  new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        turn.begin();
        try {
          return member.apply(target, given);
        } finally {
          turn.keep();
        }
      };
    },
  });
