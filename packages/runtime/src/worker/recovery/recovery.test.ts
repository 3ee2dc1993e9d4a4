import { describe, expect, test } from '@jest/globals';
import { type Clock, FencedError, type Outgoing, TransportError } from '@kstreams/core/graph';
import type { FailedPunctuationSend, RefusedCommit } from '../../task/failed-sends.js';
import { Recovery, type RecoveryActions, type RestartKind } from './recovery.js';

const passing = () => new TransportError('no broker is up', {}, undefined, true);

/** A recovery on a manual clock, with actions that note their calls. */
const recovering = (overrides: Partial<RecoveryActions> = {}, replaces = false) => {
  const at = { now: 0 };
  const notes: string[] = [];
  const restarts: [RestartKind, string][] = [];
  const sends: { refused: RefusedCommit | undefined; punctuations: FailedPunctuationSend[] } = {
    refused: undefined,
    punctuations: [],
  };
  const noted = (name: string) => async (): Promise<void> => void notes.push(name);
  const actions: RecoveryActions = {
    settle: noted('settle'),
    abort: async () => notes.push('abort') > 0,
    rewind: noted('rewind'),
    leave: noted('leave'),
    join: noted('join'),
    idle: async (ms) => void notes.push(`idle ${ms}`),
    judge: async () => 0,
    ...overrides,
  };
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => at.now,
    after: (ms, call) => {
      notes.push(`wait ${ms}`);
      timers.push(call);
      return () => {};
    },
  };
  const recovery = new Recovery({
    clock,
    retryTimeout: 60_000,
    actions,
    replaces: () => replaces,
    failedSends: {
      get hasNew() {
        return sends.refused !== undefined || sends.punctuations.length > 0;
      },
      take: () => {
        const { refused } = sends;
        sends.refused = undefined;
        return refused;
      },
      takePunctuations: () => sends.punctuations.splice(0),
    },
    restarting: (kind, error) => restarts.push([kind, error.message]),
  });
  return { at, notes, recovery, restarts, sends, timers };
};

const output: Outgoing = { topic: 'out', partition: 0, key: null, value: null, timestamp: 0, headers: [] };

const punctuationSendOf = (error: Error): FailedPunctuationSend => ({
  record: { ...output, caller: { task: '0_0', node: 'process-0' } },
  error,
});

describe('from working', () => {
  test('a failed commit rolls back, and the worker rewinds', async () => {
    const { notes, recovery, restarts } = recovering();
    await recovery.commitFailed(passing());
    expect(recovery.state).toBe('rolled-back');
    expect(restarts).toEqual([['rolled-back', 'no broker is up']]);
    expect(await recovery.proceed()).toBe(true);
    expect(recovery.working).toBe(true);
    expect(notes).toEqual(['abort', 'rewind']);
  });

  test('a transaction that cannot be aborted fences the worker, which joins again', async () => {
    const { notes, recovery } = recovering({ abort: async () => false });
    await recovery.commitFailed(passing());
    expect(recovery.state).toBe('fenced');
    expect(await recovery.proceed()).toBe(true);
    expect(notes).toEqual(['leave', 'join']);
  });

  test('a fenced commit aborts nothing', async () => {
    const { notes, recovery } = recovering();
    await recovery.commitFailed(new FencedError('a later producer took over', {}));
    expect(recovery.state).toBe('fenced');
    expect(notes).toEqual([]);
  });

  test('a commit that cannot be retried throws and stays working', async () => {
    const { recovery } = recovering();
    await expect(recovery.commitFailed(new Error('disk full'))).rejects.toThrow('disk full');
    expect(recovery.working).toBe(true);
  });

  test('a failed turn replaces the worker only where that is configured or the failure may pass', async () => {
    expect(() => recovering().recovery.turnFailed(new Error('bug'))).toThrow('bug');
    const configured = recovering({}, true).recovery;
    configured.turnFailed(new Error('bug'));
    expect(configured.state).toBe('replaced');
    const temporary = recovering().recovery;
    temporary.turnFailed(passing());
    expect(temporary.state).toBe('replaced');
    expect(await temporary.proceed()).toBe(true);
  });

  test('a turn that was fenced, such as while it took partitions, joins again', async () => {
    const { recovery } = recovering();
    recovery.turnFailed(new FencedError('another took over'));
    expect(recovery.state).toBe('fenced');
    expect(await recovery.proceed()).toBe(true);
  });
});

describe('refused output', () => {
  test('of a record rolls back without counting as a restart', async () => {
    const { notes, recovery, sends } = recovering();
    for (let i = 0; i < 20; i++) {
      sends.refused = { error: new Error('too large'), outcome: 'found' };
      await recovery.commitFailed(passing());
      expect(recovery.state).toBe('rolled-back');
      expect(await recovery.proceed()).toBe(true);
    }
    expect(notes.slice(0, 3)).toEqual(['settle', 'abort', 'rewind']);
  });

  test('that no record caused counts as a restart', async () => {
    const { recovery, sends } = recovering();
    const refuse = async (): Promise<void> => {
      sends.refused = { error: new Error('too large'), outcome: 'unknown' };
      await recovery.sendsFailed();
    };
    for (let i = 0; i < 10; i++) await refuse();
    await expect(refuse()).rejects.toThrow('too large');
  });

  test('of a changelog that refuses all rows fails the worker', async () => {
    const { recovery, sends } = recovering();
    sends.refused = { error: new Error('changelog is gone'), outcome: 'fatal' };
    await expect(recovery.sendsFailed()).rejects.toThrow('changelog is gone');
  });

  test('of a schedule pauses the worker for the `retryAfter` of the error policy', async () => {
    const { at, notes, recovery, sends } = recovering({ judge: async () => 500 });
    sends.punctuations = [punctuationSendOf(new Error('too large'))];
    await recovery.sendsFailed();
    expect(await recovery.proceed()).toBe(false);
    expect(notes.at(-1)).toBe('idle 500');
    at.now = 500;
    expect(await recovery.proceed()).toBe(true);
  });

  test('of a schedule fences the worker when the judgement is fenced', async () => {
    const { recovery, sends } = recovering({
      judge: async () => {
        throw new FencedError('a later producer took over', {});
      },
    });
    sends.punctuations = [punctuationSendOf(new Error('too large'))];
    await recovery.sendsFailed();
    expect(recovery.state).toBe('fenced');
  });
});

describe('pauses', () => {
  test('a rolled-back worker polls through its pause, a replaced one waits outside its group', async () => {
    const { notes, recovery, timers } = recovering({}, true);
    await recovery.commitFailed(passing());
    await recovery.proceed();
    await recovery.commitFailed(passing());
    expect(await recovery.proceed()).toBe(false);
    expect(notes.at(-1)).toBe('idle 100');
    recovery.turnFailed(new Error('bug'));
    const waiting = recovery.proceed();
    await new Promise((resolve) => setImmediate(resolve));
    expect(notes.slice(-2)).toEqual(['leave', 'wait 200']);
    for (const fire of timers) fire();
    expect(await waiting).toBe(false);
  });

  test('wake ends a pause outside the group, also when it comes during the leave', async () => {
    let woken = (): void => {};
    const { notes, recovery } = recovering({ leave: async () => woken() }, true);
    woken = () => recovery.wake();
    recovery.turnFailed(new Error('bug'));
    recovery.turnFailed(new Error('bug'));
    expect(await recovery.proceed()).toBe(false);
    expect(notes).toEqual([]);
  });

  test('one restart too many throws, unless work was committed in between', () => {
    const { recovery } = recovering({}, true);
    for (let i = 0; i < 10; i++) recovery.turnFailed(new Error('bug'));
    expect(() => recovery.turnFailed(new Error('bug'))).toThrow('bug');
    recovery.committed();
    recovery.turnFailed(new Error('bug'));
    expect(recovery.state).toBe('replaced');
  });
});
