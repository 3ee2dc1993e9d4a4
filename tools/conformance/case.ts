/** The language of the vectors: statements that build a topology, and steps with what they gave. */

export type Key = string | null | { readonly key: string; readonly start: number; readonly end: number };

export interface Emitted {
  readonly topic?: string;
  readonly key: Key;
  readonly value: string | number | null;
  readonly ts: number;
}

export interface CaseStep {
  readonly in?: {
    readonly topic: string;
    readonly key: string | null;
    readonly value: string | null;
    readonly ts: number;
  };
  readonly advanceWallClockMs?: number;
  readonly out: readonly Emitted[];
  readonly dropped?: number;
  readonly throws?: string;
}

export interface Statement {
  readonly id?: string;
  readonly op: string;
  readonly src?: string;
  readonly other?: string;
  readonly topic?: string;
  readonly fn?: string;
  readonly fk?: string;
  readonly key?: string;
  readonly joiner?: string;
  readonly init?: string;
  readonly tag?: string;
  readonly emit?: 'update' | 'close';
  readonly kind?: string;
  readonly interval?: number;
  readonly anchor?: number;
  readonly grace?: number;
  readonly windows?: { readonly before: number; readonly after: number; readonly grace: number };
  readonly window?: {
    readonly type: string;
    readonly size?: number;
    readonly advance?: number;
    readonly grace?: number;
    readonly retention?: number;
  };
  readonly store?: { readonly name: string; readonly type?: string };
  readonly branches?: readonly { readonly fn: string; readonly id: string }[];
  readonly default?: string;
}

export interface Case {
  readonly name: string;
  readonly kind: string;
  readonly config: { readonly cache?: boolean; readonly topologyOptimization?: 'none' | 'all' };
  readonly topology: readonly Statement[];
  readonly steps: readonly CaseStep[];
  readonly stores?: Readonly<
    Record<string, readonly { readonly key: string; readonly value: string | number; readonly ts: number }[]>
  >;
}
