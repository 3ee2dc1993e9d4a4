import type { Consumer, Outgoing, Position, Producer, Received, Transport } from '@kstreams/core/graph';
import type { VirtualClock } from './virtual-clock.js';

/** The time of one request to the log and back, in virtual ms. */
const roundTrip = 5;

/** The records and bytes that went over the network. */
export interface Traffic {
  records: number;
  bytes: number;
}

/** The metadata topic of a modelled cluster: it counts what is written and read. Requests take virtual time. */
export class MetadataLog {
  readonly written: Traffic = { records: 0, bytes: 0 };
  readonly read: Traffic = { records: 0, bytes: 0 };
  readonly #clock: VirtualClock;
  readonly #records: Received[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Returns a transport with the clients that an exchange opens. */
  transport(): Transport {
    return {
      name: 'modelled cluster',
      consumer: async () => this.#consumer(),
      producer: async () => this.#producer(),
    } as unknown as Transport;
  }

  #producer(): Producer {
    let backlog = 0;
    return {
      get backlog() {
        return backlog;
      },
      send: (record: Outgoing) => {
        backlog++;
        this.#clock.after(roundTrip, () => {
          backlog--;
          this.#append(record);
        });
      },
      flush: () => new Promise<void>((done) => this.#clock.after(roundTrip, done)),
      close: async () => {},
    } as unknown as Producer;
  }

  #append(record: Outgoing): void {
    this.#records.push({ ...record, offset: this.#records.length });
    this.written.records++;
    this.written.bytes += sizeOf(record);
    for (const wake of this.#waiting) wake();
  }

  #consumer(): Consumer {
    let next = 0;
    let woken = false;
    let end: (() => void) | undefined;
    const pause = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const cancel = this.#clock.after(ms, () => end?.());
        end = () => {
          cancel();
          end = undefined;
          resolve();
        };
      });
    const arrived = (): void => end?.();
    return {
      offsets: async (_: unknown, at: string) => [at === 'earliest' ? 0 : this.#records.length],
      assign: ([position]: readonly Position[]) => {
        next = position?.offset ?? 0;
      },
      position: () => next,
      wake: () => {
        woken = true;
        end?.();
      },
      poll: async (max: number, wait: number) => {
        if (next >= this.#records.length && !woken && wait > 0) {
          this.#waiting.add(arrived);
          await pause(wait);
          this.#waiting.delete(arrived);
        }
        woken = false;
        if (next < this.#records.length) await new Promise<void>((done) => this.#clock.after(roundTrip, done));
        const records = this.#records.slice(next, next + max);
        next += records.length;
        this.read.records += records.length;
        for (const record of records) this.read.bytes += sizeOf(record);
        return records;
      },
      close: async () => {},
    } as unknown as Consumer;
  }
}

const sizeOf = ({ key, value }: Pick<Outgoing, 'key' | 'value'>): number => (key?.length ?? 0) + (value?.length ?? 0);
