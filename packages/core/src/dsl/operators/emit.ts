import { type Change, change, rowBefore } from '../../graph/change.js';
import type { Context, Lookup } from '../../graph/context.js';
import { toMilliseconds } from '../../graph/duration.js';
import { ConfigError } from '../../graph/errors.js';
import type { Edge, NodeId, ProcessorNode, Requirements } from '../../graph/node.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { AnySerde, Serde } from '../../graph/serde.js';
import type { Timers } from '../../graph/timers.js';
import { timers } from '../../state/timers.js';
import { appendNode, lookupThrough } from '../append.js';
import { type BufferedUpdate, bufferedUpdateSerde } from '../buffered-update-serde.js';
import { type ChainPosition, serdeOf } from '../chain.js';
import type { EmitStrategy } from '../options.js';

/** A table with an emit strategy. */
export interface EmittingTable {
  /** True when the user chose its name. */
  readonly named: boolean;
  /** True when its rows are always stored, which refuses values that cannot be encoded; as `named` unless set. */
  readonly stored?: boolean;
  /** True for a table with a history. */
  readonly versioned?: boolean;
}

/** Appends a table's emit strategy; `'on-update'` needs no node. */
export const appendEmit = (
  from: ChainPosition,
  emit: EmitStrategy | undefined,
  { named, stored = named, versioned = false }: EmittingTable,
): ChainPosition => {
  if (emit === undefined || emit === 'on-update') return from;
  const { node } = from;
  const serdes = { key: serdeOf(from, 'key', `${node} with emit`), value: serdeOf(from, 'value', `${node} with emit`) };
  return appendNode(from, emitNode(node, serdes, { every: intervalOf(emit, node), named, stored, versioned }));
};

const intervalOf = (emit: Exclude<EmitStrategy, 'on-update'>, table: string): number | undefined => {
  if (emit === 'on-commit') return undefined;
  const every = toMilliseconds(emit.every, `the emit interval of ${table}`);
  if (every > 0) return every;
  throw new ConfigError(`${table} cannot emit every 0 ms: use 'on-update' for each update at once`);
};

/** The settings of an emit node. */
interface Emission {
  /** In ms; `undefined` for emission on commit. */
  readonly every: number | undefined;
  readonly named: boolean;
  readonly stored: boolean;
  readonly versioned: boolean;
}

/** The number of keys that may be buffered. Updates of further keys are forwarded at once, so that memory stays bounded. */
const maxBufferedKeys = 10_000;

/**
 * Buffers a table's updates and forwards only the last of each key: before the next commit, or `every` ms after the
 * first. The forwarded change goes from the last forwarded value to the newest. A row that was inserted and deleted
 * meanwhile is left out if that is known. Updates of old versions are forwarded at once, so a versioned table also forwards
 * the delete that is newer than they are.
 *
 * Buffered updates are timers. Before a commit all of them fire, so none is stored. They are encoded nevertheless, so that a
 * value that cannot be fails its record and not the commit, unless the table's store has encoded it. With an interval they are rows and
 * survive a restart. They fire in the order of due time, then of key bytes. Their due times outlive the process, so they are
 * on the wall clock; when it is set back by more than the interval, all of them are due.
 */
const emitNode = (
  table: NodeId,
  { key, value }: { readonly key: AnySerde; readonly value: AnySerde },
  { every, named, stored, versioned }: Emission,
): ProcessorNode => {
  const onCommit = every === undefined;
  const buffer = timers<unknown, BufferedUpdate<unknown>>(`${table}-held`, {
    key,
    value: onCommit && stored ? keptAsIs(bufferedUpdateSerde(value)) : bufferedUpdateSerde(value),
    clock: onCommit ? 'commit' : 'wall',
    ...(onCommit ? {} : { maxDelay: every }),
    named: named || onCommit,
  });
  const id = `${table}-emit`;
  const settled = ({ before, lookup }: Requirements): ProcessorNode => {
    const input: Edge = { by: 'pipeline', from: table, before: before || lookup === 'forwarded' };
    return {
      kind: 'processor',
      id,
      operator: 'emit',
      inputs: lookup ? [input, lookupThrough(id, table, lookup)] : [input],
      stores: [buffer],
      key: 'kept',
      value: 'kept',
      open: (context: Context<unknown, Change<unknown>>) => {
        const updates = context.timers(buffer, (key, _, { change, headers, timestamp }) =>
          context.forward(record(key, change, timestamp, headers)),
        );
        return [
          (from: StreamRecord<unknown, Change<unknown>>) => {
            const { headers, key, timestamp, value } = from;
            if (!value.latest) return context.forward(from);
            const first = updates.get(key);
            if (first === undefined && updates.size >= maxBufferedKeys) return context.forward(from);
            const { before, known } = first?.value.change ?? value;
            if (!versioned && known && before === undefined && value.after === undefined) return updates.cancel(key);
            const at = first?.at ?? (onCommit ? 0 : context.time.wall + every);
            updates.set(key, at, { change: change(before, value.after, known), headers, timestamp });
          },
        ];
      },
      lookup: (context, mode) => {
        const rows = context.lookup<unknown, unknown>(0);
        return mode === 'newest' ? rows : lastForwarded(rows, context.store(buffer));
      },
    };
  };
  return { ...settled({ before: false, lookup: false }), resolve: settled };
};

/** Returns a serde of values that are kept without a round trip. */
const keptAsIs = <T>(serde: Serde<T>): Serde<T> => ({ ...serde, roundTrip: (value) => value });

/** Returns rows as of their last emission: for a buffered update the value before it, with timestamp -1. */
const lastForwarded = (
  rows: Lookup<unknown, unknown>,
  buffer: Timers<unknown, BufferedUpdate<unknown>>,
): Lookup<unknown, unknown> => ({
  get: (key) => {
    const update = buffer.get(key);
    return update === undefined ? rows.get(key) : rowBefore(update.value.change);
  },
});
