/** Arranges the records of a run by event time: a lane for each topic, with windows as spans. */
import type { DisplayRecord, DisplayValue, Output, Step } from '../run/messages.js';
import type { Span } from './axis.js';

/** A record of a lane. */
export interface Marble {
  /** The number of the step that read or wrote it, from 1. */
  readonly step: number;
  /** The index of an output within the step; undefined for an input. */
  readonly index?: number;
  readonly record: DisplayRecord;
  /** True for an input that a step dropped because its window had closed. */
  readonly late: boolean;
}

/** A window with its newest result. */
export interface WindowBar extends Span {
  readonly step: number;
  readonly index: number;
  readonly record: DisplayRecord;
}

/** The records of a topic. */
export interface Lane {
  readonly topic: string;
  readonly kind: 'source' | 'sink';
  readonly marbles: readonly Marble[];
  readonly windows: readonly WindowBar[];
}

/** The lanes after some steps. */
export interface MarbleLanes {
  readonly lanes: readonly Lane[];
  /** The highest timestamp read so far, in ms; undefined before the first record. */
  readonly streamTime: number | undefined;
}

/** Returns the bounds of a windowed key; `undefined` for any other key. */
const windowOf = ({ data }: DisplayValue): Span | undefined => {
  const { start, end, key } = (data ?? {}) as { start?: unknown; end?: unknown; key?: unknown };
  if (typeof start !== 'number' || typeof end !== 'number' || key === undefined) return undefined;
  return { from: start, to: end };
};

/** The reasons of drops that concern the time of a record. */
const lateReasons: ReadonlySet<string> = new Set(['late', 'expired']);

/** Returns the numbers of the steps with records that came too late, also where a later step dropped them. */
const lateSteps = (steps: readonly Step[]): ReadonlySet<number> => {
  const late = new Set<number>();
  for (const [n, { drops }] of steps.entries()) {
    if (!drops.some(({ reason }) => lateReasons.has(reason))) continue;
    let number = n + 1;
    for (let cause = steps[n]?.cause; cause?.kind === 'later'; cause = steps[number - 1]?.cause) number = cause.of;
    late.add(number);
  }
  return late;
};

class OpenLane implements Lane {
  readonly marbles: Marble[] = [];
  readonly #windows = new Map<string, WindowBar>();

  constructor(
    readonly topic: string,
    readonly kind: Lane['kind'],
  ) {}

  get windows(): readonly WindowBar[] {
    return [...this.#windows.values()];
  }

  write(step: number, index: number, record: Output): void {
    const span = windowOf(record.key);
    if (span === undefined) this.marbles.push({ step, index, record, late: false });
    else if (record.value.data === null) this.#windows.delete(record.key.text);
    else this.#windows.set(record.key.text, { ...span, step, index, record });
  }
}

/** Returns the lanes after the steps. Topics of global tables have none: their records have no place in stream time. */
export const lanesOf = (steps: readonly Step[], globals: ReadonlySet<string>): MarbleLanes => {
  const lanes = new Map<string, OpenLane>();
  const late = lateSteps(steps);
  let streamTime: number | undefined;
  const laneOf = (topic: string, kind: Lane['kind']): OpenLane => {
    const id = `${kind} ${topic}`;
    const lane = lanes.get(id) ?? new OpenLane(topic, kind);
    lanes.set(id, lane);
    return lane;
  };
  for (const [n, { cause, outputs }] of steps.entries()) {
    const step = n + 1;
    if (cause.kind === 'record' && !globals.has(cause.topic)) {
      const { record, topic } = cause;
      laneOf(topic, 'source').marbles.push({ step, record, late: late.has(step) });
      if (Number.isFinite(record.timestamp)) streamTime = Math.max(streamTime ?? record.timestamp, record.timestamp);
    }
    for (const [index, output] of outputs.entries()) laneOf(output.topic, 'sink').write(step, index, output);
  }
  const all = [...lanes.values()];
  return {
    lanes: [...all.filter(({ kind }) => kind === 'source'), ...all.filter((one) => one.kind === 'sink')],
    streamTime,
  };
};

/** Returns the span of all records of a run. Windows extend it by no more than its length on each side. */
export const spanOf = (steps: readonly Step[], globals: ReadonlySet<string>): Span => {
  const { lanes } = lanesOf(steps, globals);
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const include = (start: number, end: number): void => {
    from = Math.min(from, start);
    to = Math.max(to, end);
  };
  const times = lanes.flatMap(({ marbles }) => marbles.map(({ record }) => record.timestamp));
  for (const time of times) if (Number.isFinite(time)) include(time, time);
  const windows = lanes.flatMap((lane) => lane.windows);
  if (from > to) for (const one of windows) include(one.from, one.to);
  if (from > to) return { from: 0, to: 1 };
  const [least, most] = [from - Math.max(1, to - from), to + Math.max(1, to - from)];
  for (const one of windows) include(Math.max(least, one.from), Math.min(most, one.to));
  return to > from ? { from, to } : { from: from - 0.5, to: to + 0.5 };
};
