import { messageOf } from '@kstreams/core/graph';
import type { Actor } from '../schedule/scheduler.js';
import type { SimulatedTopology } from '../topology.js';
import { Disk } from './disk.js';
import { type Seams, SimulatedProcess, type SimulatedRun, type Surroundings } from './simulated-process.js';

/** What processes are made of. */
export interface ProcessesOptions {
  readonly topology: SimulatedTopology;
  readonly around: (seams: Seams) => Seams;
  /** `members` gives each place an instance id, which outlives its processes. */
  readonly settings: SimulatedRun & { readonly members: boolean };
  /** How many run at a time. */
  readonly limit: number;
  /** After how long without a poll a member has lost its place, in ms. */
  readonly session: number;
  readonly world: Actor;
  readonly surroundings: Surroundings;
}

/** Where one process runs at a time: a machine with a disk. */
interface Place {
  readonly number: number;
  disk: Disk;
  process: SimulatedProcess | undefined;
  /** Whether a process is to run here. */
  wanted: boolean;
  restarting: boolean;
}

/** The processes of a simulation: started, disturbed, killed, started again, closed. */
export class Processes {
  /** Every disk that there is, with what is on it. */
  readonly disks: Disk[] = [];
  /** How many processes failed since the last calm. */
  failures = 0;
  readonly #options: ProcessesOptions;
  readonly #places: Place[];
  #started = 0;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.limit }, (_, number) => ({
      number,
      disk: this.#newDisk(),
      process: undefined,
      wanted: false,
      restarting: false,
    }));
  }

  get anyAlive(): boolean {
    return this.#places.some(({ process }) => process?.alive === true);
  }

  get anyStalled(): boolean {
    const { now } = this.#options.surroundings.scheduler;
    return this.#places.some(({ process }) => process?.alive === true && process.stalledUntil > now);
  }

  /** Starts the first processes. */
  begin(): void {
    const { random } = this.#options.surroundings;
    const count = random.between(1, this.#places.length);
    for (const place of this.#places.slice(0, count)) place.wanted = true;
    this.tend();
  }

  /** Lets one come, go, die or stand still. */
  disturb(): void {
    const { faults, random, scheduler } = this.#options.surroundings;
    const place = random.pick(this.#places);
    const { process } = place;
    if (process?.alive !== true) {
      place.wanted = true;
      return;
    }
    if (faults.draw('stall', 0.4)) {
      process.hurt = true;
      process.stalledUntil = scheduler.now + random.between(this.#options.session / 2, this.#options.session * 3);
    } else if (faults.draw('crash', 0.3)) this.crash(process);
    else if (random.chance(0.5)) {
      place.wanted = false;
      process.close();
    }
  }

  /** Kills a process; it comes again. */
  crash(process: SimulatedProcess): void {
    const { random } = this.#options.surroundings;
    process.kill(this.#options.world, random.between(1, this.#options.session));
    const place = this.#places.find((one) => one.process === process);
    if (place !== undefined && random.chance(0.2)) place.disk = this.#newDisk();
  }

  /** Looks after all: who has ended and is wanted is started again; who failed for no reason breaks the law. */
  tend(): void {
    const { random, scheduler, invariants } = this.#options.surroundings;
    for (const place of this.#places) {
      const { process } = place;
      if (process?.phase === 'failed') {
        if (!process.hurt) {
          invariants.broken(`${process.name} failed though nothing went wrong: ${messageOf(process.failure)}`);
        }
        this.failures++;
        process.kill(this.#options.world, 0);
        place.process = undefined;
        continue;
      }
      if (!place.wanted || place.restarting || process?.alive === true) continue;
      place.restarting = true;
      scheduler.after(this.#options.world, `starts a process at place ${place.number}`, random.below(600), () => {
        place.restarting = false;
        if (place.wanted) this.#start(place);
      });
    }
  }

  /** Nothing goes wrong from now on, and somebody works. */
  calm(): void {
    this.failures = 0;
    if (this.#places.every(({ wanted }) => !wanted)) (this.#places[0] as Place).wanted = true;
    this.tend();
  }

  /** Closes all. */
  closing(): void {
    for (const place of this.#places) {
      place.wanted = false;
      if (place.process?.alive === true) place.process.close();
    }
  }

  /** Starts one more after all were closed. */
  last(): SimulatedProcess {
    const place = this.#options.surroundings.random.pick(this.#places);
    return this.#start(place);
  }

  #start(place: Place): SimulatedProcess {
    const { around, settings, surroundings, topology } = this.#options;
    const process = new SimulatedProcess(`process ${++this.#started}`, place.disk, surroundings);
    place.process = process;
    const { members, ...run } = settings;
    process.start(topology, members ? { ...run, instanceId: `place-${place.number}` } : run, around);
    return process;
  }

  #newDisk(): Disk {
    const disk = new Disk(`disk ${this.disks.length}`);
    this.disks.push(disk);
    return disk;
  }
}
