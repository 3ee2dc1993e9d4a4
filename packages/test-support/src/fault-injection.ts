/** A log and a state that fail at a chosen call, for tests of crashes between the steps of a commit. */
import type { Backend, Consumer, Producer, Transport } from '@kstreams/core';
import { override } from './override.js';

/** The steps of a commit, in order. Each is a call that fails before or after its work. */
export type Step = 'flush' | 'offsets' | 'transaction' | 'stores';

/** Fails one call of a step. */
export interface Fault {
  readonly step: Step;
  readonly when: 'before' | 'after';
  /** The number of the call, from 1. */
  readonly call: number;
  readonly error: Error;
  /** True when the process dies: everything that it left open stays open. */
  readonly kills?: boolean;
}

/** Runs a step, unless this call fails. */
const stepper = (fault: Fault | undefined) => {
  let calls = 0;
  let dead = false;
  return {
    dead: () => dead,
    run: async (step: Step, work: () => Promise<void>): Promise<void> => {
      if (dead) return;
      const hit = fault?.step === step && ++calls === fault.call;
      if (hit) dead = fault.kills === true;
      if (hit && fault.when === 'before') throw fault.error;
      await work();
      if (hit) throw fault.error;
    },
  };
};

/** Returns the log and the state with one failing call. */
export const injectFault = (
  log: Transport,
  state: Backend,
  fault: Fault | undefined,
): { transport: Transport; state: Backend; closeKilled: () => Promise<void> } => {
  const { dead, run } = stepper(fault);
  const producers: Producer[] = [];
  const alive = async (work: () => Promise<void>): Promise<void> => {
    if (!dead()) await work();
  };
  return {
    /** Closes the producers of a killed process. */
    closeKilled: async () => {
      await Promise.allSettled(producers.map((producer) => producer.close()));
    },
    transport: override(log, {
      consumer: async (options) => {
        const consumer: Consumer = await log.consumer(options);
        const real = consumer as Consumer & { real?: Consumer };
        real.real = consumer;
        return override(consumer, { commit: (offsets) => run('offsets', () => consumer.commit(offsets)) });
      },
      producer: async (options) => {
        const producer: Producer = await log.producer(options);
        producers.push(producer);
        return override(producer, {
          flush: () => run('flush', () => producer.flush()),
          sendOffsets: (offsets, { real }: Consumer & { real?: Consumer }) =>
            run('offsets', () => producer.sendOffsets(offsets, real as Consumer)),
          commit: () => run('transaction', () => producer.commit()),
          abort: () => alive(() => producer.abort()),
          close: () => alive(() => producer.close()),
        });
      },
    }),
    state: override(state, {
      open: async (folder, settings) => {
        const bytes = await state.open(folder, settings);
        return override(bytes, { commit: (writes) => run('stores', () => bytes.commit(writes)) });
      },
    }),
  };
};
