import { type NodeId, positionId, type RecordSource } from '@kstreams/core/graph';
import type { DueCall, Occasion, Turn } from './history.js';

/** A record that a task has begun, which a commit has still to cover. */
interface Begun {
  readonly kind: 'begun';
  readonly wall: number;
  readonly source: RecordSource;
}

/** A turn before it is committed. */
export type OpenTurn = Begun | Exclude<Turn, { readonly kind: 'record' }>;

/** What an open task did since its last commit. */
export class TaskWork {
  /** How many results have still to come. */
  underWay = 0;
  #turns: OpenTurn[] = [];
  /** In which step of the simulation the last turn was. */
  #last = -1;
  /** How many records have entered each stage. */
  #entered = new Map<NodeId, number>();
  /** All that were begun since it was opened: what follows from a record may come later. */
  readonly #begun = new Set<string>();
  readonly #step: () => number;

  /** `step` tells in which step the simulation is. */
  constructor(step: () => number) {
    this.#step = step;
  }

  /** The records that were begun and not committed. */
  get uncommitted(): readonly RecordSource[] {
    return this.#turns.flatMap((turn) => (turn.kind === 'begun' ? [turn.source] : []));
  }

  /** A record is in hand; answers false where it was before. */
  begins(source: RecordSource, wall: number): boolean {
    const { offset, partition, topic } = source;
    const id = positionId(source);
    if (this.#begun.has(id)) return false;
    this.#begun.add(id);
    this.#turns.push({ kind: 'begun', wall, source: { topic, partition, offset } });
    return true;
  }

  /** A record enters a stage; answers how many did before. */
  enters(node: NodeId): number {
    const entry = this.#entered.get(node) ?? 0;
    this.#entered.set(node, entry + 1);
    this.underWay++;
    return entry;
  }

  /** What a call came to is dealt with. */
  ends(node: NodeId, entry: number, value: unknown, wall: number): void {
    this.underWay--;
    this.#turns.push({ kind: 'result', wall, node, entry, value });
  }

  /** Nodes act without a record: timers, or who is named here. */
  acts(kind: Occasion, wall: number, call?: DueCall): void {
    const calls = call === undefined ? [] : [call];
    const last = this.#turns.at(-1);
    if (last?.kind === kind && this.#last === this.#step()) {
      this.#turns[this.#turns.length - 1] = { ...last, calls: [...last.calls, ...calls] };
    } else this.#turns.push({ kind, wall, calls });
    this.#last = this.#step();
  }

  /** Takes out what a commit covers, in order. */
  take(covers: (source: RecordSource) => boolean): readonly OpenTurn[] {
    const isCovered = (turn: OpenTurn): boolean => turn.kind !== 'begun' || covers(turn.source);
    const taken = this.#turns.filter(isCovered);
    this.#turns = this.#turns.filter((turn) => !isCovered(turn));
    if (this.underWay === 0) this.#entered = new Map();
    return taken;
  }
}
