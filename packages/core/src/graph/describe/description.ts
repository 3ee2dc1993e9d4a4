import type { DescribedTopology } from './described-topology.js';
import { toMermaid } from './mermaid.js';
import { toText } from './text.js';

/**
 * A description of a topology, made without running it: as text (`String(description)`), as a Mermaid diagram, or as data
 * (`JSON.stringify(description)`). Equal topologies have equal descriptions.
 *
 * @example
 * console.log(String(app.describe()))
 */
export class Description {
  readonly #topology: DescribedTopology;

  constructor(topology: DescribedTopology) {
    this.#topology = topology;
  }

  /** Returns text: each node with its topics, stores and children. */
  toString(): string {
    return toText(this.#topology);
  }

  /** Returns a Mermaid flowchart, for pages and READMEs. */
  toMermaid(): string {
    return toMermaid(this.#topology);
  }

  /** Returns plain data, for tools. */
  toJSON(): DescribedTopology {
    return this.#topology;
  }
}
