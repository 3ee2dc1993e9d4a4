import type { AnyContext, AnyProcess, GraphNode, ProcessorNode, Topology } from '@kstreams/core';
import type { Testable } from '../test-driver-options.js';
import type { SimulatedProcess } from './simulated-process.js';

/** The same topology, of which the witness learns when a task opens and which record each has in hand. */
export const tapped = (topology: Testable, process: SimulatedProcess): Topology => {
  const { name, nodes } = 'build' in topology ? topology.build() : topology;
  return { name, nodes: nodes.map((node) => tappedNode(node, process)) };
};

const tappedNode = (node: GraphNode, process: SimulatedProcess): GraphNode => {
  if (node.kind !== 'processor') return node;
  const { open, settle } = node;
  const tapped: ProcessorNode = {
    ...node,
    open: (context) => {
      process.surroundings.witness.opened(process, context.task);
      return open.call(node, context).map((door) => tappedDoor(door, context, process));
    },
  };
  if (settle === undefined) return tapped;
  return { ...tapped, settle: (demand) => tappedNode(settle.call(node, demand), process) as ProcessorNode };
};

/** A task's coordinates stay while its record goes through the nodes: the first to be called tells of it. */
const tappedDoor = (door: AnyProcess, { source, task }: AnyContext, process: SimulatedProcess): AnyProcess => {
  const { witness } = process.surroundings;
  return (record) => {
    if (source.offset >= 0) witness.processing(process, task.id, source);
    door(record);
  };
};
