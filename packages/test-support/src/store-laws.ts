/** Runs a store and a model of it through the same lifecycle. */
import { describe, expect, test } from '@jest/globals';
import { StateError, type StoreSpec } from '@kstreams/core/graph';
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

/** Flushes a store. It writes no more rows than have changed, besides one of clocks. */
const flushCounted = <S>(subject: TestStore<S>): void => {
  const { changed = 0 } = subject.rows;
  const before = subject.changelog.length;
  subject.flush();
  expect(subject.changelog.length - before).toBeLessThanOrEqual(changed + 1);
  expect(subject.rows.changed ?? 0).toBe(0);
};

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
      flushCounted(subject);
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

const isTooLarge = (thrown: unknown): boolean =>
  thrown instanceof StateError && thrown.message.includes('cannot keep a row of');

/** Runs calls on a store with a changelog that takes rows up to a size. A refused call must change nothing. */
const liveWithin = async <S, M, C>(
  { act, empty, model, seen, spec }: StoreModel<S, M, C>,
  calls: readonly C[],
  maxRowSize: number,
): Promise<void> => {
  const subject = await TestStore.open(spec, { maxRowSize, liveLimit: 2 });
  const now = structuredClone(empty);
  for (const [i, call] of [...calls, ...seen].entries()) {
    const result = await subject.record((store) => act(store, call)).catch((thrown: unknown) => ({ thrown }));
    const refused = typeof result === 'object' && result !== null && 'thrown' in result ? result.thrown : undefined;
    if (refused === undefined) expect(result).toEqual(model(now, call));
    else expect(isTooLarge(refused)).toBe(true);
    if (i % 3 === 0) await subject.commit();
  }
  for (const { key, value } of subject.changelog) {
    // The row of clocks has a bounded size.
    if (key.length === 1 && key[0] === 0) continue;
    expect(key.length + (value?.length ?? 0)).toBeLessThanOrEqual(maxRowSize);
  }
};

/**
 * Tests that a store equals its model through commits, crashes, restores and rollbacks, and that it keeps no row that is too
 * large for its changelog.
 */
export const testStoreLaws = <S, M, C>(name: string, subject: StoreModel<S, M, C>): void =>
  describe(name, () => {
    test('refuses the call that makes a row too large for the changelog, and no other', () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(subject.calls, { maxLength: 60, size: 'max' }),
          fc.integer({ min: 20, max: 150 }),
          (calls, size) => liveWithin(subject, calls, size),
        ),
        { numRuns: 75 },
      ));

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
