import { expect, test } from '@jest/globals';
import type { Edge, GraphNode, ProcessorNode, Requirements } from '../node.js';
import { resolveNodes } from './resolve-nodes.js';

/** Returns a node that records its requirements and passes `before` on to its inputs. */
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

test('a node requires old values if any node below it does', () => {
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

test('a lookup requires rows by key, but no old values', () => {
  const received = new Map<string, Requirements>();
  resolveNodes([
    recorder('table', received),
    recorder('stream', received),
    recorder('join', received, pipeline('stream', true), { by: 'lookup', from: 'table' }),
  ]);
  expect(received.get('table')).toEqual({ before: false, lookup: 'newest' });
  expect(received.get('stream')).toEqual({ before: true, lookup: false });
});
