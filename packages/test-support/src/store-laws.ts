/** Runs a store and a model of it through the same lifecycle. */
import { describe, expect, test } from '@jest/globals';
import type { StoreSpec } from '@kstreams/core/graph';
import { memory } from '@kstreams/stores';
import { slowStore, TestStore } from '@kstreams/testing';
import fc from 'fast-check';

/**
 * A store and a naive model of it that is a plain value. A call does the same to both and returns the observed result.
 */
export interface StoreModel<S, M, C> {
  readonly spec: StoreSpec<S>;
  readonly empty: M;
  readonly calls: fc.Arbitrary<C>;
  readonly act: (store: S, call: C) => unknown;
  readonly model: (model: M, call: C) => unknown;
  /** Calls that observe the whole store. */
  readonly seen: readonly C[];
}

type Step<C> =
  | { readonly step: 'record' | 'undone record'; readonly call: C }
  | { readonly step: 'flush' | 'settle' | 'reopen' | 'restore' };

const stepsOf = <C>(calls: fc.Arbitrary<C>): fc.Arbitrary<Step<C>[]> =>
  fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.record({ step: fc.constant('record' as const), call: calls }) },
      { weight: 3, arbitrary: fc.record({ step: fc.constant('undone record' as const), call: calls }) },
      { weight: 2, arbitrary: fc.record({ step: fc.constantFrom('flush' as const, 'settle' as const) }) },
      { weight: 1, arbitrary: fc.record({ step: fc.constantFrom('reopen' as const, 'restore' as const) }) },
    ),
    { maxLength: 60, size: 'max' },
  );

/** Runs a store and its model through the same lifecycle. Both must return equal results. */
const live = async <S, M, C>(
  { act, empty, model, seen, spec }: StoreModel<S, M, C>,
  steps: readonly Step<C>[],
  slow: boolean,
  liveLimit: number,
): Promise<void> => {
  const backend = slow ? slowStore(memory(), { delay: () => Promise.resolve() }) : memory();
  const subject = await TestStore.open(spec, { bytes: await backend.open(''), liveLimit });
  let [now, settled] = [structuredClone(empty), structuredClone(empty)];
  let flushed: M | undefined;
  const settle = async (): Promise<void> => {
    if (flushed === undefined) return;
    await subject.settle();
    settled = flushed;
    flushed = undefined;
  };
  for (const one of steps) {
    if ('call' in one) {
      const undo = one.step === 'undone record';
      const expected = model(undo ? structuredClone(now) : now, one.call);
      expect(await subject.record((store) => act(store, one.call), { undo })).toEqual(expected);
    } else if (one.step === 'flush') {
      await settle();
      subject.flush();
      flushed = structuredClone(now);
    } else if (one.step === 'settle') await settle();
    else {
      if (one.step === 'restore') settled = flushed ?? settled;
      flushed = undefined;
      now = structuredClone(settled);
      await (one.step === 'reopen' ? subject.reopen() : subject.restore());
    }
  }
  for (const call of seen) expect(await subject.record((store) => act(store, call))).toEqual(model(now, call));
};

/** Tests that a store equals its model through commits, crashes, restores and rollbacks. */
export const testStoreLaws = <S, M, C>(name: string, subject: StoreModel<S, M, C>): void =>
  describe(name, () => {
    test.each([
      ['', false, 2],
      [', with room for all', false, 10_000],
      [' on a slow backend', true, 2],
    ])('equals its model through commits, crashes, restores and rollbacks%s', (_, slow, liveLimit) =>
      fc.assert(
        fc.asyncProperty(stepsOf(subject.calls), (steps) => live(subject, steps, slow, liveLimit)),
        { numRuns: 75 },
      ),
    );
  });

/** Tests that a rolled-back first record writes nothing to the changelog, even after records that were kept. */
export const rollbackLaw = <S>(name: string, spec: StoreSpec<S>, write: (store: S) => void): void => {
  test(`${name}: a first record that is rolled back leaves nothing behind`, async () => {
    const subject = await TestStore.open(spec);
    await subject.record(write, { undo: true });
    await subject.commit();
    expect(subject.changelog).toEqual([]);
    await subject.record(write);
    await subject.commit();
    const logged = subject.changelog.length;
    expect(logged).toBeGreaterThan(0);
    await subject.record(write, { undo: true });
    await subject.commit();
    expect(subject.changelog.length).toBe(logged);
  });
};
