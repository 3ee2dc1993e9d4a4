/** Two programs under one name, and two versions of one program. */
import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { describeWith } from '@kstreams/test-support/services';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import {
  type App,
  type Clock,
  embedded,
  memory,
  type Streams,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';
import { kafka } from 'kstreams/kafka';

const texts = { key: string, value: string };
let runs = 0;

const suite = (open: () => { readonly log: Transport; readonly clock?: Clock }): void => {
  const setUp = async () => {
    const { clock, log } = open();
    const name = `programs-${process.pid}-${Date.now().toString(36)}-${runs++}`;
    const named = (one: string) => topic(`${name}.${one}`, texts);
    await createTopics(
      log,
      ['a', 'b', 'out', 'more'].map((one) => named(one).name),
    );
    const begin = async (build: (app: Streams) => unknown): Promise<App> => {
      const app = streams(name);
      build(app);
      const running = await start(app, { transport: log, state: memory(), ...(clock && { clock }) });
      await running.running();
      return running;
    };
    return { log, name, named, begin };
  };

  test('a program that would write a changelog of another one is refused', async () => {
    const { begin, log, name, named } = await setUp();
    const counting = (from: string) => (app: Streams) => app.stream(named(from)).groupByKey().count({ name: 'counts' });
    const first = await begin(counting('a'));
    await expect(begin(counting('b'))).rejects.toThrow(
      new RegExp(`the name "${name}" belongs to another topology: its member .* writes "${name}-counts-changelog" too`),
    );
    expect(first.state).toBe('running');
    await first.close();
    await (await begin(counting('b'))).close();
    await log.close();
  });

  test('rows that another topology wrote are reported by the next one, and by no restart of the same', async () => {
    const { begin, log, name, named } = await setUp();
    const counting = (from: string) => (app: Streams) => app.stream(named(from)).groupByKey().count({ name: 'counts' });
    const found: unknown[] = [];
    const run = async (from: string): Promise<void> => {
      const app = await begin(counting(from));
      app.events$.subscribe((event) => event.kind === 'state-without-offsets' && found.push([from, event.store]));
      await sendTexts(log, named(from).name, [['k', 'v']]);
      runsOf.set(from, (runsOf.get(from) ?? 0) + 1);
      await awaitCommitted(log, app, { topic: named(from).name, partition: 0 }, runsOf.get(from) as number);
      await app.close();
    };
    const runsOf = new Map<string, number>();
    await run('a');
    await run('a');
    expect([name, ...found]).toEqual([name]);
    await run('b');
    expect(found).toEqual([['b', 'counts']]);
    await run('b');
    expect(found).toHaveLength(1);
    await log.close();
  });

  test('a new version with one more output joins the old one', async () => {
    const { begin, log, named } = await setUp();
    const old = await begin((app) => app.stream(named('a')).to(named('out')));
    const renewed = await begin((app) => {
      const input = app.stream(named('a'));
      input.to(named('out'));
      input.to(named('more'));
    });
    await old.close();
    await sendTexts(log, named('a').name, [['k', 'v']]);
    await readTexts(log, named('more').name, 1, 1);
    await renewed.close();
    await log.close();
  });
};

describe('on the embedded log', () => {
  suite(() => {
    const clock = new SkippingClock();
    return { log: embedded({ clock }), clock };
  });
});

describeWith('kafka', 'on Kafka', (brokers) => {
  suite(() => ({ log: kafka({ brokers, consumer: { 'heartbeat.interval.ms': 300 } }) }));
});
