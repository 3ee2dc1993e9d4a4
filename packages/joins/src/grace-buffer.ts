import { type JoinRequest, serdeOf } from '@kstreams/core/dsl';
import { ConfigError, type StoreSpec, toMilliseconds } from '@kstreams/core/graph';
import { type TimeBuffer, timeBuffer } from '@kstreams/core/state';
import { type BufferedValue, bufferedSerde } from './buffered-serde.js';

/** Where the records of a join with a grace wait, and how long, in ms; undefined without a grace. */
export const graceBuffer = (
  id: string,
  named: boolean,
  { grace, left, rightIs, rightRows }: JoinRequest,
): { readonly grace: number; readonly store: StoreSpec<TimeBuffer<unknown, BufferedValue<unknown>>> } | undefined => {
  if (grace === undefined) return undefined;
  const wait = toMilliseconds(grace, `the grace of ${id}`);
  const { history } = rightRows;
  if (rightIs !== 'table' || history === undefined) {
    throw new ConfigError(
      `${id} has a grace, but its table does not know its rows as they were: give the table a { history } of at least ${wait} ms`,
    );
  }
  if (history < wait) {
    throw new ConfigError(
      `${id} waits for ${wait} ms, but its table only knows the last ${history} ms: give it a longer { history }`,
    );
  }
  const store = timeBuffer<unknown, BufferedValue<unknown>>(`${id}-buffer`, {
    key: serdeOf(left, 'key', id, 'left key'),
    value: bufferedSerde(serdeOf(left, 'value', id, 'left value')),
    holds: 'all',
    named,
  });
  return { grace: wait, store };
};
