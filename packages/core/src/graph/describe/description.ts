import type { DescribedTopology } from './described-topology.js';
import { toMermaid } from './mermaid.js';
import { toText } from './text.js';

/**
 * What a topology is made of, before anything runs: as text (`String(description)`), as a picture for Mermaid, or as data
 * (`JSON.stringify(description)`). The same topology always gives the same description.
 */
export class Description {
  readonly #topology: DescribedTopology;

  constructor(topology: DescribedTopology) {
    this.#topology = topology;
  }

  /** For people: every node with what it reads, keeps and hands on. */
  toString(): string {
    return toText(this.#topology);
  }

  /** For pages and READMEs: a flowchart in Mermaid's language. */
  toMermaid(): string {
    return toMermaid(this.#topology);
  }

  /** For tools: the whole description as plain data. */
  toJSON(): DescribedTopology {
    return this.#topology;
  }
}
