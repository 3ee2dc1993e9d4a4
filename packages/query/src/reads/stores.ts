import { type Clock, StateError } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import type { Limits } from '../options.js';
import type { StoresBody } from '../protocol/bodies.js';
import type { Peers } from '../routing/peers.js';
import { Problem } from '../service/problem.js';
import { StoreReads } from './store-reads.js';

/** The stores of an application that can be read. */
export class Stores {
  readonly #application: StartedApplication;
  readonly #peers: Peers;
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after' | 'now'>;
  readonly #reads = new Map<string, StoreReads>();

  constructor(application: StartedApplication, peers: Peers, limits: Limits, clock: Pick<Clock, 'after' | 'now'>) {
    this.#application = application;
    this.#peers = peers;
    this.#limits = limits;
    this.#clock = clock;
  }

  list(): StoresBody {
    const { name: application } = this.#application;
    const readable = this.#application.stores().flatMap(({ name }) => this.#open(name)?.store ?? []);
    return {
      application,
      stores: readable.map(({ open, partitions, spec, windowed }) => ({
        name: spec.name,
        kind: spec.kind,
        partitions,
        local: open.map(({ partition }) => partition),
        windowed,
      })),
    };
  }

  /** @throws Problem for a store that does not exist, or that cannot be read from outside its processors. */
  reads(name: string): StoreReads {
    const found = this.#open(name);
    if (found === undefined) throw new Problem('no-such-store', 'GET /stores lists the stores that can be read');
    return found;
  }

  #open(name: string): StoreReads | undefined {
    const known = this.#reads.get(name);
    if (known !== undefined) return known;
    try {
      const opened = new StoreReads(this.#application.localStore(name), this.#peers, this.#limits, this.#clock);
      this.#reads.set(name, opened);
      return opened;
    } catch (thrown) {
      if (thrown instanceof StateError) return undefined;
      throw thrown;
    }
  }
}
