import { expect, test } from '@jest/globals';
import type { Edge, GraphNode, ProcessorNode, Requirements } from '../node.js';
import { resolveNodes } from './resolve-nodes.js';

/** A node that notes what is received of it, and asks its own input for the value before whenever it is received. */
const recorder = (id: string, received: Map<string, Requirements>, ...inputs: Edge[]): ProcessorNode => {
  const node = { kind: 'processor', id, operator: 'step', stores: [], key: 'kept', value: 'kept' } as const;
  return {
    ...node,
    inputs,
    open: () => [],
    resolve: (requirements) => {
      received.set(id, requirements);
      return { ...node, open: () => [], inputs: inputs.map((edge) => ({ before: requirements.before, ...edge })) };
    },
  };
};

const pipeline = (from: string, before?: boolean): Edge => ({
  by: 'pipeline',
  from,
  ...(before === undefined ? {} : { before }),
});

test('the strongest wish for the value before reaches a node, through all that pass it on', () => {
  const received = new Map<string, Requirements>();
  const nodes: GraphNode[] = [
    recorder('table', received),
    recorder('mapped', received, pipeline('table')),
    recorder('needed', received, pipeline('mapped', true)),
    recorder('indifferent', received, pipeline('needed', false)),
  ];
  expect(resolveNodes(nodes).map(({ id }) => id)).toEqual(nodes.map(({ id }) => id));
  expect(Object.fromEntries(received)).toEqual({
    indifferent: { before: false, lookup: false },
    needed: { before: false, lookup: false },
    mapped: { before: true, lookup: false },
    table: { before: true, lookup: false },
  });
});

test('whose rows are looked up is told so, but not received for the value before', () => {
  const received = new Map<string, Requirements>();
  resolveNodes([
    recorder('table', received),
    recorder('stream', received),
    recorder('join', received, pipeline('stream', true), { by: 'lookup', from: 'table' }),
  ]);
  expect(received.get('table')).toEqual({ before: false, lookup: true });
  expect(received.get('stream')).toEqual({ before: true, lookup: false });
});
