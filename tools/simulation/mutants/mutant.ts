import type { Seams } from '@kstreams/simulation';
import type { Guarantee } from 'kstreams';
import type { GraphNode } from 'kstreams/authors';

/** A deliberate bug: put between the runtime and what it runs on, or into steps. */
export interface Mutant {
  readonly name: string;
  /** Where it can be found. */
  readonly guarantee: Guarantee;
  readonly around?: (seams: Seams) => Seams;
  readonly node?: (node: GraphNode) => GraphNode;
}
