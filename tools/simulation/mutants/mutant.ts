import type { Seams } from '@kstreams/simulation';
import type { Guarantee } from 'kstreams';
import type { GraphNode } from 'kstreams/authors';
import type { Waits } from '../waits.js';

/** A deliberate bug, injected between the runtime and its surroundings, into nodes or into the runtime. */
export interface Mutant {
  readonly name: string;
  /** The guarantee under which the bug shows. */
  readonly guarantee: Guarantee;
  /** A part of the names of the topologies in which the bug shows; any by default. */
  readonly topology?: string;
  /** Kinds of waits in the topology; drawn from the seed by default. */
  readonly waits?: Waits;
  readonly around?: (seams: Seams) => Seams;
  readonly node?: (node: GraphNode) => GraphNode;
  /** Injects the bug into the runtime. Returns a function that removes it. */
  readonly inject?: () => () => void;
}
