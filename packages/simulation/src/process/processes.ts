import { messageOf } from '@kstreams/core/graph';
import type { Actor } from '../schedule/scheduler.js';
import type { SimulatedTopology } from '../topology.js';
import { Disk, type RemoteState } from './disk.js';
import type { Surroundings } from './process-actor.js';
import { type Seams, SimulatedProcess, type SimulatedRun } from './simulated-process.js';

/** The settings of all processes of a simulation. */
export interface ProcessesOptions {
  readonly topology: SimulatedTopology;
  readonly around: (seams: Seams) => Seams;
  /** With `members`, each machine has an instance id, which outlives its processes. */
  readonly settings: SimulatedRun & { readonly members: boolean };
  /** Set when disks are across a network. */
  readonly remoteState: RemoteState | undefined;
  /** The number of machines. */
  readonly limit: number;
  /** The time without a poll after which a member loses its partitions, in virtual ms. */
  readonly session: number;
  readonly world: Actor;
  readonly surroundings: Surroundings;
}

/** The farthest that a fault sets a wall clock from virtual time, in ms: an hour. */
const clockStep = 3_600_000;

/** A machine with a disk, which runs one process at a time. */
interface Machine {
  readonly number: number;
  disk: Disk;
  process: SimulatedProcess | undefined;
  /** True while a process should run here. */
  wanted: boolean;
  restarting: boolean;
}

/** The processes of a simulation: starts, disturbs, kills, restarts and closes them. */
export class Processes {
  /** Every disk ever used, with its contents. */
  readonly disks: Disk[] = [];
  /** The number of processes that failed since the last `stabilize`. */
  failures = 0;
  readonly #options: ProcessesOptions;
  readonly #machines: Machine[];
  #started = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#machines = Array.from({ length: options.limit }, (_, number) => ({
      number,
      disk: this.#newDisk(),
      process: undefined,
      wanted: false,
      restarting: false,
    }));
  }

  get anyAlive(): boolean {
    return this.#machines.some(({ process }) => process?.alive === true);
  }

  get anyStalled(): boolean {
    const { now } = this.#options.surroundings.scheduler;
    return this.#machines.some(({ process }) => process?.alive === true && process.stalledUntil > now);
  }

  /** Starts the first processes. */
  start(): void {
    const { random } = this.#options.surroundings;
    const count = random.between(1, this.#machines.length);
    for (const machine of this.#machines.slice(0, count)) machine.wanted = true;
    this.supervise();
  }

  /** Starts, closes, stalls or kills a process, or sets its clock. */
  disturb(): void {
    const { faults, random, scheduler } = this.#options.surroundings;
    const machine = random.pick(this.#machines);
    const { process } = machine;
    if (faults.draw('clock', 0.15)) {
      const actor = process?.alive === true ? process : this.#options.world;
      actor.wallOffset = random.between(-clockStep, clockStep);
    }
    if (process?.alive !== true) {
      machine.wanted = true;
      return;
    }
    if (faults.draw('stall', 0.4)) {
      process.faulted = true;
      process.stalledUntil = scheduler.now + random.between(this.#options.session / 2, this.#options.session * 3);
    } else if (faults.draw('crash', 0.3)) this.crash(process);
    else if (random.chance(0.5)) {
      machine.wanted = false;
      process.close();
    }
  }

  /** Kills a process. It is restarted, sometimes on an empty disk. */
  crash(process: SimulatedProcess): void {
    const { random } = this.#options.surroundings;
    process.kill(this.#options.world, random.between(1, this.#options.session));
    const machine = this.#machines.find((one) => one.process === process);
    if (machine !== undefined && random.chance(0.2)) machine.disk = this.#newDisk();
  }

  /** Restarts ended processes. A process that failed without a fault breaks an invariant. */
  supervise(): void {
    const { invariants, random, scheduler } = this.#options.surroundings;
    for (const machine of this.#machines) {
      const { process } = machine;
      if (process?.phase === 'failed') {
        if (!process.faulted) {
          invariants.violate(`${process.name} failed without a fault: ${messageOf(process.failure)}`);
        }
        this.failures++;
        process.kill(this.#options.world, 0);
        machine.process = undefined;
        continue;
      }
      if (!machine.wanted || machine.restarting || process?.alive === true) continue;
      machine.restarting = true;
      scheduler.after(this.#options.world, `start a process on machine ${machine.number}`, random.below(600), () => {
        machine.restarting = false;
        if (machine.wanted) this.#startOn(machine);
      });
    }
  }

  /** Makes sure that at least one process runs. */
  stabilize(): void {
    this.failures = 0;
    if (this.#machines.every(({ wanted }) => !wanted)) (this.#machines[0] as Machine).wanted = true;
    this.supervise();
  }

  /** Closes all processes. */
  closeAll(): void {
    for (const machine of this.#machines) {
      machine.wanted = false;
      if (machine.process?.alive === true) machine.process.close();
    }
  }

  /** Starts one process after all were closed. */
  startOne(): SimulatedProcess {
    const machine = this.#options.surroundings.random.pick(this.#machines);
    return this.#startOn(machine);
  }

  #startOn(machine: Machine): SimulatedProcess {
    const { around, remoteState, settings, surroundings, topology } = this.#options;
    const process = new SimulatedProcess(`process ${++this.#started}`, machine.disk, surroundings);
    machine.process = process;
    const { members, ...run } = settings;
    const options = members ? { ...run, instanceId: `machine-${machine.number}` } : run;
    process.start({ topology, options, remoteState, around });
    return process;
  }

  #newDisk(): Disk {
    const disk = new Disk(`disk ${this.disks.length}`);
    this.disks.push(disk);
    return disk;
  }
}
