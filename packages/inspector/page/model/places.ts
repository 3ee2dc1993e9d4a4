import type { DescribedNode, DescribedTopology } from '@kstreams/core/graph';

/** The nodes of a topology by the places that they have in it. */
export interface Places {
  readonly nodes: ReadonlyMap<string, DescribedNode>;
  readonly subtopologies: ReadonlyMap<string, number>;
  /** The topics of sources by name; none for those of patterns. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly sinks: ReadonlySet<string>;
}

/** Returns the places of the nodes of a topology. */
export const placesOf = ({ subtopologies }: DescribedTopology): Places => {
  const nodes = subtopologies.flatMap((one) => one.nodes.map((node) => ({ node, subtopology: one.id })));
  return {
    nodes: new Map(nodes.map(({ node }) => [node.id, node])),
    subtopologies: new Map(nodes.map(({ node, subtopology }) => [node.id, subtopology])),
    sources: new Map(
      nodes.flatMap(({ node }): [string, readonly string[]][] =>
        node.kind === 'source' ? [[node.id, 'pattern' in node.topics ? [] : node.topics]] : [],
      ),
    ),
    sinks: new Set(nodes.flatMap(({ node }) => (node.kind === 'sink' ? [node.id] : []))),
  };
};
