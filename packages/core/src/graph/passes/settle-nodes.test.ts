import { expect, test } from '@jest/globals';
import type { Demand, Edge, GraphNode, ProcessorNode } from '../node.js';
import { settleNodes } from './settle-nodes.js';

/** A node that notes what is asked of it, and asks its own input for the value before whenever it is asked. */
const noting = (id: string, asked: Map<string, Demand>, ...inputs: Edge[]): ProcessorNode => {
  const node = { kind: 'processor', id, operator: 'step', stores: [], key: 'kept', value: 'kept' } as const;
  return {
    ...node,
    inputs,
    open: () => [],
    settle: (demand) => {
      asked.set(id, demand);
      return { ...node, open: () => [], inputs: inputs.map((edge) => ({ before: demand.before, ...edge })) };
    },
  };
};

const pipeline = (from: string, before?: boolean): Edge => ({
  by: 'pipeline',
  from,
  ...(before === undefined ? {} : { before }),
});

test('the strongest wish for the value before reaches a node, through all that pass it on', () => {
  const asked = new Map<string, Demand>();
  const nodes: GraphNode[] = [
    noting('table', asked),
    noting('mapped', asked, pipeline('table')),
    noting('needed', asked, pipeline('mapped', true)),
    noting('indifferent', asked, pipeline('needed', false)),
  ];
  expect(settleNodes(nodes).map(({ id }) => id)).toEqual(nodes.map(({ id }) => id));
  expect(Object.fromEntries(asked)).toEqual({
    indifferent: { before: false, lookup: false },
    needed: { before: false, lookup: false },
    mapped: { before: true, lookup: false },
    table: { before: true, lookup: false },
  });
});

test('whose rows are looked up is told so, but not asked for the value before', () => {
  const asked = new Map<string, Demand>();
  settleNodes([
    noting('table', asked),
    noting('stream', asked),
    noting('join', asked, pipeline('stream', true), { by: 'lookup', from: 'table' }),
  ]);
  expect(asked.get('table')).toEqual({ before: false, lookup: true });
  expect(asked.get('stream')).toEqual({ before: true, lookup: false });
});
