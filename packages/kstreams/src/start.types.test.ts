import { test } from '@jest/globals';
import type { InstanceMetadata, KeyMetadata } from './authors.js';
import {
  backoff,
  type Guarantee,
  int32,
  keyValue,
  memory,
  type OnError,
  type StartOptions,
  start,
  streams,
  string,
  topic,
} from './index.js';

test('options and their refusals are checked by `npm run types`', () => {});

const app = streams('types');
const counts = app
  .stream(topic('words', { key: string, value: string }))
  .groupByKey()
  .count({ name: 'counts' });

/** Never called: only its types matter. */
export const options = async (): Promise<void> => {
  const guarantee: Guarantee = 'exactly-once';
  const running = await start(app, { guarantee, commitInterval: '100ms', transactionTimeout: 10_000, state: memory() });
  await start(app, { workerFailure: 'replace', signals: true, closeTimeout: '10s' });
  // @ts-expect-error: there is no such guarantee
  await start(app, { guarantee: 'at-most-once' });
  // @ts-expect-error: a worker is replaced, or its application closes
  await start(app, { workerFailure: 'ignore' });
  // @ts-expect-error: a duration is a number of ms, or a number with its unit
  await start(app, { commitInterval: 'soon' } satisfies StartOptions);

  const view = running.view(counts, { isolation: 'committed' });
  const count: number | undefined = view.get('tea');
  const partition: number = view.partitionOf('tea');
  const here: boolean = view.holds('tea');
  // @ts-expect-error: keys are strings
  view.holds(1);
  // @ts-expect-error: there is no such isolation
  running.view(counts, { isolation: 'serialisable' });
  running.pause('words');
  running.resume();
  // @ts-expect-error: a topic's name
  running.pause(1);
  const { live, ready, tasks } = running.health();
  const lags: number[] = tasks.flatMap((task) => task.lags.map(({ lag }) => lag));
  await start(app, { endpoint: 'http://10.0.0.7:8080' });
  // @ts-expect-error: an endpoint is a text
  await start(app, { endpoint: 8080 });
  const ids: string[] = running.metadata.instances().flatMap(({ tasks: held }) => held.map(({ id }) => id));
  const key: KeyMetadata | undefined = running.metadata.forKey(counts, 'tea');
  const named: KeyMetadata | undefined = running.metadata.forKey('counts', 'tea');
  running.metadata.instances$.subscribe((instances: readonly InstanceMetadata[]) => void instances);
  const seen = keyValue('seen', { key: string, value: int32 });
  const bySpec: KeyMetadata | undefined = running.metadata.forKey(seen, 'tea');
  // @ts-expect-error: keys are strings
  running.metadata.forKey(seen, 1);
  // @ts-expect-error: keys are strings
  running.metadata.forKey(counts, 1);
  // @ts-expect-error: a stream has no rows
  running.metadata.forKey(counts.toStream(), 'tea');
  // @ts-expect-error: no process may hold it
  const endpoint: string | undefined = running.metadata.forKey(counts, 'tea').endpoint;
  void [count, partition, here, live, ready, lags, ids, key, named, bySpec, endpoint];
};

/** A policy returns a decision for each kind of failure. */
export const onError: OnError = ({ kind, attempt }) =>
  kind === 'production' ? { deadLetter: 'refused' } : attempt < 3 ? { retryAfter: backoff(attempt) } : 'fail';

// @ts-expect-error: there is no such decision
export const wrong: OnError = () => 'ignore';
