/** Laws of topics that change while an application runs, for any log. */
import { expect, test } from '@jest/globals';
import { type App, by, type Guarantee, int32, streams, string, topic } from 'kstreams';
import { firstValueFrom } from 'rxjs';
import { filter } from 'rxjs/operators';
import { type ChangingLog, ChangingTopics, texts } from './changing-topics.js';

/** Resolves to the next event of a kind. */
export const eventOf = (app: App, kind: string): Promise<unknown> =>
  firstValueFrom(app.events$.pipe(filter((event) => event.kind === kind)));

/** A law: its name and its check. `quick` ones take less than two seconds on a cluster. */
interface Law {
  readonly name: string;
  readonly quick?: boolean;
  /** True for laws in which the group assigns other partitions. */
  readonly moves?: boolean;
  readonly check: (at: ChangingTopics) => Promise<void>;
}

const stateless = (guarantee: Guarantee): Law => ({
  name: `a source that was created again is read from its beginning, ${guarantee}`,
  moves: true,
  quick: guarantee === 'exactly-once',
  check: async (at) => {
    await at.create(['in', 'out']);
    at.app.stream(at.texts('in')).to(at.texts('out'));
    const app = await at.start({ guarantee });
    await at.send('in', ['a', '1'], ['a', '2']);
    await at.read('out', 2);
    await at.committed('in', 2);
    const changed = eventOf(app, 'topics-changed');
    await at.recreate('in');
    await changed;
    await at.send('in', ['b', '1'], ['b', '2'], ['b', '3']);
    expect(await at.read('out', 5)).toEqual(['a=1', 'a=2', 'b=1', 'b=2', 'b=3']);
    await app.close();
    await at.send('in', ['b', '4']);
    await at.start({ guarantee });
    expect((await at.read('out', 6)).slice(5)).toEqual(['b=4']);
  },
});

const laws: readonly Law[] = [
  {
    name: 'a source that was created again is read by a process that takes it over',
    moves: true,
    check: async (at) => {
      await at.create(['in', 'out']);
      at.app.stream(at.texts('in')).to(at.texts('out'));
      const first = await at.start();
      await at.start();
      await at.send('in', ['a', '1']);
      await at.read('out', 1);
      await at.committed('in', 1);
      const changed = eventOf(first, 'topics-changed');
      await at.recreate('in');
      await changed;
      await at.send('in', ['b', '1'], ['b', '2']);
      expect(await at.read('out', 3)).toEqual(['a=1', 'b=1', 'b=2']);
      await at.committed('in', 2);
      await first.close();
      await at.send('in', ['b', '3']);
      expect((await at.read('out', 4)).slice(3)).toEqual(['b=3']);
    },
  },
  {
    name: 'added partitions of a source are read from their beginning, also from the latest',
    moves: true,
    quick: true,
    check: async (at) => {
      await at.create(['in', 'out']);
      await at.send('in', ['before', '']);
      at.app.stream(at.texts('in'), { from: 'latest' }).to(at.texts('out'));
      const app = await at.start();
      const assigned = eventOf(app, 'assigned');
      await at.grow('in', 2);
      await at.send('in', ['a', '', { partition: 1 }]);
      await assigned;
      await at.read('out', 1);
      await app.close();
      await at.send('in', ['b', '', { partition: 0 }], ['c', '', { partition: 1 }]);
      await at.start();
      expect((await at.read('out', 3)).toSorted()).toEqual(['a=', 'b=', 'c=']);
    },
  },
  {
    name: 'partitions that were added while the application was away are read from their beginning, also from the latest',
    moves: true,
    check: async (at) => {
      await at.create(['in', 'out']);
      await at.send('in', ['before', '']);
      at.app.stream(at.texts('in'), { from: 'latest' }).to(at.texts('out'));
      const app = await at.start();
      await at.committed('in', 1);
      await app.close();
      await at.grow('in', 2);
      await at.send('in', ['a', '', { partition: 0 }], ['b', '', { partition: 1 }]);
      await at.start();
      expect((await at.read('out', 2)).toSorted()).toEqual(['a=', 'b=']);
    },
  },
  {
    name: 'partitions added to the source of a store stop the application, and a restart too',
    quick: true,
    check: async (at) => {
      await at.create(['in', 'out']);
      at.app.stream(at.texts('in')).groupByKey().count({ name: 'counts' });
      const app = await at.start();
      await at.send('in', ['a', '']);
      await at.committed('in', 1);
      await at.grow('in', 2);
      await expect(app.closed).rejects.toThrow(
        `topic "${at.named('in')}" grew from 1 to 2 partitions, and its keys moved away from their rows in store "counts": ` +
          'read it through repartition({ partitions: 1 }) to keep the rows',
      );
      await expect(at.start()).rejects.toThrow(
        `topic "${at.name}-counts-changelog" has 1 partitions and needs 2, as its tasks read "${at.named('in')}" of 2`,
      );
    },
  },
  {
    name: 'a repartition of as many partitions as before keeps the rows of a source that grew',
    check: async (at) => {
      await at.create(['in']);
      at.app.stream(at.texts('in')).groupByKey().count({ name: 'counts' });
      const app = await at.start();
      await at.send('in', ['a', '']);
      await at.committed('in', 1);
      await at.grow('in', 2);
      await expect(app.closed).rejects.toThrow('grew from 1 to 2');
      const next = streams(at.name);
      const counts = next
        .stream(at.texts('in'))
        .repartition({ name: 'narrow', partitions: 1 })
        .groupByKey()
        .count({ name: 'counts' });
      Object.assign(at, { app: next });
      const again = await at.start();
      await at.send('in', ['a', '', { partition: 1 }]);
      const view = again.view(counts);
      await firstValueFrom(view.changes$.pipe(filter(({ row }) => row?.value === 2)));
    },
  },
  {
    name: 'partitions added to one side of a join stop the application',
    check: async (at) => {
      await at.create(['left', 'right', 'out']);
      at.app
        .stream(at.texts('left'))
        .join(at.app.table(at.texts('right'), { name: 'rights' }), (left, right) => left + right, { value: string })
        .to(at.texts('out'));
      const app = await at.start();
      await at.grow('right', 2);
      await expect(app.closed).rejects.toThrow(`no longer meet those of "${at.named('left')}"`);
      await expect(at.start()).rejects.toThrow('joined topics need equal partition counts');
    },
  },
  {
    name: 'a merge reads added partitions of either side, whichever is the widest',
    moves: true,
    check: async (at) => {
      await at.create(['a', 'b', 'out']);
      at.app
        .stream(at.texts('a'))
        .merge(at.app.stream(at.texts('b')))
        .to(at.texts('out'));
      const app = await at.start();
      await at.grow('b', 2);
      await at.send('b', ['b', '', { partition: 1 }]);
      await at.read('out', 1);
      await at.grow('a', 3);
      await at.send('a', ['a', '', { partition: 2 }]);
      await at.read('out', 2);
      await app.close();
      await at.grow('b', 4);
      await at.send('b', ['c', '', { partition: 3 }]);
      await at.start();
      expect((await at.read('out', 3)).toSorted()).toEqual(['a=', 'b=', 'c=']);
    },
  },
  {
    name: 'a source in front of a repartition may grow: its repartition topic keeps its partitions',
    check: async (at) => {
      await at.create(['in', 'out']);
      at.app
        .stream(at.texts('in'))
        .groupBy((value) => value, { key: string })
        .count({ name: 'counts' })
        .toStream()
        .to(topic(at.named('out'), { key: string, value: int32 }));
      const app = await at.start();
      await at.send('in', ['k', 'x']);
      await at.read('out', 1);
      await at.grow('in', 2);
      await at.send('in', ['k', 'x', { partition: 1 }]);
      await at.read('out', 2);
      await app.close();
      await at.send('in', ['k', 'y', { partition: 1 }]);
      await at.start();
      expect((await at.read('out', 3)).map((one) => one.slice(0, 1))).toEqual(['x', 'x', 'y']);
    },
  },
  {
    name: 'a topic of a pattern may grow past the tasks, as long as they keep nothing',
    moves: true,
    check: async (at) => {
      await at.create(['in-a', 'out']);
      at.app.stream({ pattern: new RegExp(`${at.name}\\.in-.*`), ...texts }).to(at.texts('out'));
      const app = await at.start();
      await at.grow('in-a', 2);
      await at.send('in-a', ['a', '', { partition: 1 }]);
      await at.read('out', 1);
      await at.create(['in-wide'], 3);
      await at.send('in-wide', ['b', '', { partition: 2 }]);
      await at.read('out', 2);
      const left = eventOf(app, 'replanned');
      await at.delete(at.named('in-a'));
      await left;
      await at.send('in-wide', ['c', '', { partition: 1 }]);
      expect((await at.read('out', 3)).toSorted()).toEqual(['a=', 'b=', 'c=']);
    },
  },
  {
    name: 'added partitions of a global table are read',
    check: async (at) => {
      await at.create(['in', 'out']);
      await at.create(['names'], 1, { 'cleanup.policy': 'compact' });
      const names = at.app.globalTable(at.texts('names'), { name: 'names' });
      at.app
        .stream(at.texts('in'))
        .leftJoin(
          names,
          by((_value, key) => key),
          (_, name) => name ?? 'nobody',
          { value: string },
        )
        .to(at.texts('out'));
      const app = await at.start();
      const changed = eventOf(app, 'topics-changed');
      await at.grow('names', 2);
      await changed;
      await at.send('names', ['a', 'Ann', { partition: 1 }]);
      for (let sent = 1; ; sent++) {
        await at.send('in', ['a', '']);
        const [last] = (await at.read('out', sent)).slice(-1);
        if (last === 'a=Ann') break;
        expect(last).toBe('a=nobody');
      }
    },
  },
  {
    name: 'records go to the added partitions of an output topic',
    check: async (at) => {
      await at.create(['in', 'out']);
      at.app.stream(at.texts('in')).to(at.texts('out'), { partitioner: (_record, _key, count) => count - 1 });
      const app = await at.start();
      const changed = eventOf(app, 'topics-changed');
      await at.grow('out', 3);
      await changed;
      await at.send('in', ['a', '']);
      expect(await at.read('out', 1, 3)).toEqual(['a=']);
    },
  },
  {
    name: 'a chosen topic that is created later is found by the next attempt',
    quick: true,
    check: async (at) => {
      await at.create(['in']);
      at.app.stream(at.texts('in')).to({ choose: ({ key }) => at.named(key), ...texts });
      let attempts = 0;
      const asked = new Promise<void>((resolve) => {
        const onError = (): { readonly retryAfter: string } => {
          if (++attempts === 2) resolve();
          return { retryAfter: '50ms' };
        };
        void at.start({ onError: onError as never }).then(() => at.send('in', ['acme', 'hello']));
      });
      await asked;
      await at.create(['acme']);
      expect(await at.read('acme', 1)).toEqual(['acme=hello']);
    },
  },
  stateless('at-least-once'),
  stateless('exactly-once'),
  {
    name: 'the source of a store that was created again stops the application; a restart adds its records to the rows',
    check: async (at) => {
      await at.create(['in']);
      const counts = at.app.stream(at.texts('in')).groupByKey().count({ name: 'counts' });
      const app = await at.start();
      await at.send('in', ['a', ''], ['a', '']);
      await at.committed('in', 2);
      await at.recreate('in');
      await at.send('in', ['a', '']);
      await expect(app.closed).rejects.toThrow(
        `topic "${at.named('in')}" was deleted and created again, and the rows of store "counts" follow from the old one`,
      );
      const again = await at.start();
      const view = again.view(counts);
      if (view.get('a') !== 3) await firstValueFrom(view.changes$.pipe(filter(({ row }) => row?.value === 3)));
    },
  },
  {
    name: 'a deleted changelog stops the application, and a restart too',
    quick: true,
    check: async (at) => {
      await at.create(['in']);
      at.app.stream(at.texts('in')).groupByKey().count({ name: 'counts' });
      const app = await at.start();
      await at.send('in', ['a', '']);
      await at.committed('in', 1);
      const changelog = `${at.name}-counts-changelog`;
      await at.delete(changelog);
      await at.send('in', ['a', '']);
      const lost = `changelog "${changelog}" was deleted, and with it the rows of store "counts"`;
      await expect(app.closed).rejects.toThrow(lost);
      await expect(at.start()).rejects.toThrow(`${lost} whose records count as processed`);
    },
  },
  {
    name: 'a deleted repartition topic stops the application, and a restart goes on',
    check: async (at) => {
      await at.create(['in', 'out']);
      at.app
        .stream(at.texts('in'))
        .selectKey((value) => value, { key: string })
        .repartition({ name: 'moved' })
        .to(at.texts('out'));
      const app = await at.start();
      await at.send('in', ['k', 'a']);
      await at.read('out', 1);
      await at.committed('in', 1);
      const moved = `${at.name}-moved-repartition`;
      await at.delete(moved);
      await expect(app.closed).rejects.toThrow(
        `topic "${moved}" was deleted, with the records that were not processed yet`,
      );
      await at.send('in', ['k', 'b']);
      await at.start();
      expect((await at.read('out', 2)).slice(0, 2)).toContain('b=b');
    },
  },
  {
    name: 'a source that stays deleted stops the application by name',
    check: async (at) => {
      await at.create(['in', 'out']);
      at.app.stream(at.texts('in')).to(at.texts('out'));
      const app = await at.start();
      await at.delete(at.named('in'));
      await expect(app.closed).rejects.toThrow(
        `source topic "${at.named('in')}" was deleted: create it and start again`,
      );
    },
  },
];

/** Tests the laws on a log; `which` selects them. */
export const topicChangeLaws = (
  open: () => ChangingLog,
  which: (law: Pick<Law, 'quick' | 'moves'>) => boolean,
): void => {
  for (const { check, name } of laws.filter(which)) {
    test(name, async () => {
      const topics = new ChangingTopics(open());
      try {
        await check(topics);
      } finally {
        await topics.end();
      }
    });
  }
};
