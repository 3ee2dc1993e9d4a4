import type { Seams } from '@kstreams/simulation';
import type { Guarantee } from 'kstreams';
import type { GraphNode } from 'kstreams/authors';
import type { Waits } from '../waits.js';

/** A deliberate bug, injected between the runtime and its surroundings or into nodes. */
export interface Mutant {
  readonly name: string;
  /** The guarantee under which the bug shows. */
  readonly guarantee: Guarantee;
  /** Kinds of waits in the topology; drawn from the seed by default. */
  readonly waits?: Waits;
  readonly around?: (seams: Seams) => Seams;
  readonly node?: (node: GraphNode) => GraphNode;
}
