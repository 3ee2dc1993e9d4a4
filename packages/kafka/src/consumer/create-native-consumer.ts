import type { ConsumerOptions, TopicPartition } from '@kstreams/core/graph';
import { codes, type RebalanceKind } from '@kstreams/kafka-common';
import type { NativeConsumer, NativeError } from '../client/addon.js';
import type { Callbacks } from '../client/callbacks.js';
import type { ClientContext } from '../client/connect.js';
import { createClient } from '../client/create-client.js';
import { consumerSettings } from '../client/settings.js';
import { guardTokenRefresh } from '../client/token-refresh.js';

/** Receives the events of a consumer that the client reports by callbacks among its settings. */
export interface ConsumerListener {
  /** Receives a rebalance. */
  readonly rebalanced: (kind: RebalanceKind, partitions: readonly TopicPartition[]) => void;
  /** Receives the outcome of the oldest commit in flight. */
  readonly committed: (failure: NativeError | undefined) => void;
  /** Called when the empty queue of the client gets an event. */
  readonly queued: () => void;
}

/**
 * Creates a native consumer. The client never frees its `rebalance_cb`, and the function that it puts around it holds the
 * whole client, with settings and listeners. So that function is replaced, by one that passes the code as a number.
 */
export const createNativeConsumer = (
  { addon, settings: given }: Pick<ClientContext, 'addon' | 'settings'>,
  options: ConsumerOptions,
  callbacks: Callbacks,
  { rebalanced, committed, queued }: ConsumerListener,
): NativeConsumer => {
  const settings = consumerSettings(given, options);
  const onRebalance = callbacks.guard(
    'rebalance_cb',
    (event: NativeError | number, partitions: readonly TopicPartition[]) =>
      rebalanced(kindOf(native, typeof event === 'number' ? event : event.code), partitions),
  );
  const functions = {
    ...guardTokenRefresh(settings, callbacks),
    rebalance_cb: onRebalance,
    offset_commit_cb: callbacks.guard('offset_commit_cb', committed),
    queue_non_empty_cb: callbacks.guard('queue_non_empty_cb', queued),
  };
  const native: NativeConsumer = createClient(() => new addon.KafkaConsumer({ ...settings, ...functions }, undefined));
  const registered = native._cb_configs?.global;
  if (registered?.rebalance_cb !== undefined) registered.rebalance_cb = onRebalance;
  return native;
};

/** Returns the kind of a rebalance by its code; `lost` when other members may own the partitions already. */
const kindOf = (native: Pick<NativeConsumer, 'assignmentLost'>, code: number): RebalanceKind =>
  code === codes.assign ? 'assigned' : native.assignmentLost() ? 'lost' : 'revoked';
