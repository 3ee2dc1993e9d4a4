import type { Transport } from '@kstreams/core/graph';
import type { InvariantChecker } from '../checks/invariant-checker.js';
import type { FaultKind, Faults } from '../schedule/faults.js';
import type { Random } from '../schedule/random.js';
import type { Actor, Scheduler } from '../schedule/scheduler.js';

/** The parts that all processes of a simulation share. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly invariants: InvariantChecker;
  /** The log itself, without faults. */
  readonly log: Transport;
}

/** A fault that may strike a call. */
interface CallFault {
  readonly kind: FaultKind;
  readonly error: () => Error;
  /** True when a failing call has no effect; otherwise it may have taken effect. */
  readonly before?: boolean;
}

/** The probability of a fault in a call that can fail. */
const callOdds = 0.03;

/** The part of a simulated process that its clients and its disk use: scheduled steps, and calls with delays and faults. */
export class ProcessActor implements Actor {
  readonly name: string;
  readonly surroundings: Surroundings;
  dead = false;
  stalledUntil = 0;
  wallOffset = 0;
  /** True once a fault may have ended it or cost it its partitions. */
  faulted = false;
  /** The lifecycle phase. */
  phase: 'starting' | 'running' | 'closing' | 'closed' | 'failed' = 'starting';

  constructor(name: string, surroundings: Surroundings) {
    this.name = name;
    this.surroundings = surroundings;
  }

  /** True until it is closed, failed or dead. */
  get alive(): boolean {
    return !this.dead && this.phase !== 'closed' && this.phase !== 'failed';
  }

  /** Resolves when the scheduler runs this step. */
  turn(what: string, ms = 0): Promise<void> {
    return this.surroundings.scheduler.turn(this, what, ms);
  }

  /** Calls the log or the disk. Request and reply each take a step, and a fault may lose either. */
  async call<R>(what: string, work: () => Promise<R>, fault?: CallFault): Promise<R> {
    const { faults, random } = this.surroundings;
    await this.turn(what);
    const fails = fault !== undefined && faults.draw(fault.kind, callOdds);
    if (fails) this.faulted = true;
    if (fails && (fault.before === true || random.chance(0.5))) throw fault.error();
    let thrown: unknown;
    let failed = false;
    let result: R | undefined;
    try {
      result = await work();
    } catch (caught) {
      thrown = caught;
      failed = true;
    }
    await this.turn(`${what}: reply`);
    if (failed) throw thrown;
    if (fails) throw fault.error();
    return result as R;
  }
}
