import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import { ConfigError, StateError } from '../../graph/errors.js';
import type { Demand, Edge, NodeId, ProcessorNode } from '../../graph/node.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { StoreSpec } from '../../graph/store.js';
import { type TimeBuffer, timeBuffer } from '../../state/time-buffer.js';
import { appendNode } from '../append.js';
import type { Named } from '../operator.js';
import { type ChainPosition, serdeOf, stepName } from '../position.js';
import { type Suppressed, suppressedSerde } from '../suppressed-serde.js';
import type { Suppression } from '../suppression.js';

/** Appends a step that holds a table's updates back. */
export const suppressAt = (from: ChainPosition, suppression: Suppression<never>, { name }: Named): ChainPosition => {
  const { id, named } = stepName(from.chain, 'suppress', name);
  const wait = suppression.wait ?? from.grace;
  if (wait === undefined) {
    throw new ConfigError(`${id} waits for windows to close, but no windowed step is above it: use untilTimeLimit(…)`);
  }
  const store = timeBuffer<unknown, Suppressed<unknown>>(id, {
    key: serdeOf(from, 'key', id),
    value: suppressedSerde(serdeOf(from, 'value', id)),
    holds: 'one-per-key',
    counted: Number.isFinite(suppression.maxBytes),
    named,
  });
  return appendNode(from, suppressNode(id, from.node, { ...suppression, wait } as SettledSuppression, store));
};

type SettledSuppression = Suppression<unknown> & { readonly wait: number };

/**
 * Holds back the updates of rows, and hands on the last of each once it has waited long enough by the largest timestamp
 * that came. An update of a row that waits keeps its place. What is handed on has timestamp, headers and value from
 * before of the last update.
 *
 * Who looks a row up that waits finds what was before it began to wait, without a timestamp.
 */
const suppressNode = (
  id: NodeId,
  from: NodeId,
  suppression: SettledSuppression,
  store: StoreSpec<TimeBuffer<unknown, Suppressed<unknown>>>,
): ProcessorNode => {
  const settled = ({ lookup }: Demand): ProcessorNode => {
    const input: Edge = { by: 'pipeline', from, before: true };
    return {
      kind: 'processor',
      id,
      operator: 'suppress',
      inputs: lookup ? [input, { by: 'lookup', from }] : [input],
      stores: [store],
      key: 'kept',
      value: 'kept',
      open: (context) => [holdBack(context, suppression, context.store(store), id)],
      lookup: (context) => {
        const waiting = context.store(store);
        const rows = context.lookup<unknown, unknown>(0);
        return {
          get: (key) => {
            const held = waiting.get(key);
            if (held === undefined) return rows.get(key);
            const { prior } = held.value;
            return prior === undefined ? undefined : { value: prior, timestamp: -1 };
          },
        };
      },
    };
  };
  return { ...settled({ before: false, lookup: false }), settle: settled };
};

const holdBack = (
  context: Context<unknown, Change<unknown>>,
  { until, timeOf, wait, maxRecords, maxBytes, whenFull }: SettledSuppression,
  waiting: TimeBuffer<unknown, Suppressed<unknown>>,
  id: NodeId,
) => {
  const release = (): void => {
    const first = waiting.first();
    if (first === undefined) return;
    const { key, value } = first;
    const { before, after, known } = value.change;
    if (until === 'time-limit' || after !== undefined)
      context.forward(record(key, change(before, after, known), value.timestamp, value.headers));
    waiting.removeFirst();
  };
  const moveOn = (time: number): void => {
    const horizon = waiting.observe(time) - wait;
    for (let first = waiting.first(); first !== undefined && first.time <= horizon; first = waiting.first()) release();
  };
  const clock = context.clock(moveOn);
  const isFull = (): boolean => waiting.count > maxRecords || waiting.size > maxBytes;
  return ({ key, value, timestamp, headers }: StreamRecord<unknown, Change<unknown>>): void => {
    const held = waiting.get(key);
    const prior = held === undefined ? value.before : held.value.prior;
    waiting.put(timeOf(key, timestamp), key, { change: value, prior, timestamp, headers });
    moveOn(clock(timestamp));
    if (!isFull()) return;
    if (whenFull === 'fail') {
      throw new StateError(
        `${id} holds ${waiting.count} of ${maxRecords} records and ${waiting.size} of ${maxBytes} bytes: ` +
          'raise its limits, or let it emit early with untilTimeLimit(…)',
        { node: id },
      );
    }
    while (isFull()) release();
  };
};
