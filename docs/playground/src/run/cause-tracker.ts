import type { StreamRecord } from 'kstreams';
import type { DescribedTopology } from 'kstreams/authors';
import type { FlowPlace } from './messages.js';

/** The position of a record. */
interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The records of a partition in their order, with the flows that wrote them. */
interface Arrivals {
  /** The offset of the first of them; `undefined` until one of them is processed. */
  first: number | undefined;
  readonly places: FlowPlace[];
}

/** A record that entered an async step. */
interface Entered {
  readonly record: StreamRecord<unknown, unknown>;
  readonly place: FlowPlace;
}

/** The step that led to some work, and the flow from which it continues. */
export interface Cause {
  readonly step: number | undefined;
  readonly parent: (record: StreamRecord<unknown, unknown>) => FlowPlace | undefined;
}

/**
 * Finds the step that led to a piece of work: the step of the same input record, the step that wrote the record of an
 * internal topic, or the step that made a call. Records of a partition are processed in the order in which they were written.
 */
export class CauseTracker {
  /** The topics of sinks; `null` for a topic chosen per record. */
  #sinks: ReadonlyMap<string, string | null> = new Map();
  #internal: ReadonlySet<string> = new Set();
  #calling: ReadonlySet<string> = new Set();
  /** The topics that the topology reads. */
  #read: ReadonlySet<string> = new Set();
  readonly #arrivals = new Map<string, Arrivals>();
  /** The places that led to the records processed so far, by position. */
  readonly #origins = new Map<string, FlowPlace>();
  /** Records in async steps, by the position of their source record and by node. */
  readonly #entered = new Map<string, Entered[]>();
  /** Flows into sinks in the current work that are not sent, by topic. */
  readonly #unsent = new Map<string | null, FlowPlace[]>();
  #source = '';
  #forgotten = false;

  #calls = 0;

  /** The number of records in async steps. */
  get calls(): number {
    return this.#calls;
  }

  /** Sets the nodes and topics from the description of the topology. */
  describe({ globalTables, internalTopics, subtopologies }: DescribedTopology): void {
    const nodes = subtopologies.flatMap((one) => one.nodes);
    this.#internal = new Set(internalTopics.map(({ name }) => name));
    this.#sinks = new Map(nodes.flatMap((node) => (node.kind === 'sink' ? [[node.id, node.topic] as const] : [])));
    this.#calling = new Set(
      nodes.flatMap((node) => (node.kind === 'processor' && node.calls !== undefined ? [node.id] : [])),
    );
    this.#read = new Set([
      ...globalTables.map(({ topic }) => topic),
      ...nodes.flatMap((node) => (node.kind === 'source' && !('pattern' in node.topics) ? node.topics : [])),
    ]);
  }

  /** Adds a record to the end of a partition. */
  arrives(topic: string, partition: number, place: FlowPlace): void {
    if (!this.#read.has(topic)) return;
    const id = `${topic}/${partition}`;
    const arrivals = this.#arrivals.get(id) ?? { first: this.#forgotten ? undefined : 0, places: [] };
    this.#arrivals.set(id, arrivals);
    arrivals.places.push(place);
  }

  /** Forgets the records that are not processed yet. */
  forgetArrivals(): void {
    this.#arrivals.clear();
    this.#unsent.clear();
    this.#forgotten = true;
  }

  /** Returns the cause of the work that begins. */
  began(source: Position, work: 'record' | 'punctuation', node: string): Cause {
    this.#unsent.clear();
    const id = idOf(source);
    this.#source = id;
    if (this.#calling.has(node)) {
      this.#calls--;
      const waiting = this.#entered.get(`${id} ${node}`);
      const [first] = waiting ?? [];
      if (waiting !== undefined && first !== undefined)
        return { step: first.place.step, parent: (record) => takeEntered(waiting, record) };
    }
    if (work === 'punctuation') return { step: undefined, parent: () => undefined };
    const place = this.#origins.get(id) ?? this.#arrivalOf(source);
    if (place === undefined) return { step: undefined, parent: () => undefined };
    this.#origins.set(id, place);
    return { step: place.step, parent: () => (place.flow < 0 ? undefined : place) };
  }

  /** Sets the step of a record from outside. */
  adopt(source: Position, step: number): void {
    this.#origins.set(idOf(source), { step, flow: -1 });
  }

  /** Notes a flow. Returns the output topic that it enters, if any. */
  forwarded(to: string, record: StreamRecord<unknown, unknown>, place: FlowPlace): string | undefined {
    if (this.#calling.has(to)) {
      this.#calls++;
      push(this.#entered, `${this.#source} ${to}`, { record, place });
    }
    const topic = this.#sinks.get(to);
    if (topic === undefined) return undefined;
    push(this.#unsent, topic, place);
    return topic !== null && this.#internal.has(topic) ? undefined : (topic ?? to);
  }

  /** Adds a sent record to its partition; `step` is the current one. */
  sent(topic: string, partition: number, step: number): void {
    const place = this.#unsent.get(topic)?.shift() ?? this.#unsent.get(null)?.shift();
    this.arrives(topic, partition, place ?? { step, flow: -1 });
  }

  /** Forgets the output of work that was rolled back. */
  rolledBack(): void {
    this.#unsent.clear();
  }

  #arrivalOf({ offset, partition, topic }: Position): FlowPlace | undefined {
    const arrivals = this.#arrivals.get(`${topic}/${partition}`);
    if (arrivals === undefined) return undefined;
    arrivals.first ??= offset;
    return arrivals.places[offset - arrivals.first];
  }
}

const idOf = ({ offset, partition, topic }: Position): string => `${topic}/${partition}/${offset}`;

/** Removes and returns the record in an async step from which a result derives: that of the same key and time. */
const takeEntered = (waiting: Entered[], { key, timestamp }: StreamRecord<unknown, unknown>): FlowPlace | undefined => {
  const at = waiting.findIndex(({ record }) => record.key === key && record.timestamp === timestamp);
  return waiting.length === 1 ? waiting[0]?.place : waiting.splice(Math.max(0, at), 1)[0]?.place;
};

const push = <K, V>(lists: Map<K, V[]>, key: K, value: V): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
};
