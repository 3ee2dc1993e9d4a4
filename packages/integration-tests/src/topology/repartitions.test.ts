import { describe, expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { double, nullable, type Stream, streams, string, topic, within } from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const other = topic('other', { key: string, value: string });
const out = topic('out', { key: nullable(string), value: string });
const counts = topic('counts', { key: string, value: double });

/** Returns an application that selects new keys for its lines and applies further steps. */
const withNewKeys = (write: (keyed: Stream<string, string>) => unknown) => {
  const app = streams('app');
  write(app.stream(lines).selectKey((line) => line.slice(0, 1), { key: string }));
  return app;
};

const repartitions = (app: ReturnType<typeof withNewKeys>) =>
  app
    .describe()
    .toJSON()
    .internalTopics.flatMap(({ kind, name }) => (kind === 'repartition' ? [name] : []));

describe('repartitions', () => {
  test('readers of one node share a topic, named after the first named reader', () => {
    const app = withNewKeys((keyed) => {
      keyed.groupByKey().count();
      keyed.groupByKey().reduce((aggregate) => aggregate, { name: 'first' });
      keyed.groupByKey().reduce((_, next) => next, { name: 'last' });
    });
    expect(repartitions(app)).toEqual(['app-first-repartition']);
    expect(app.describe().toJSON().subtopologies).toHaveLength(2);
  });

  test('are absent where keys are kept', () => {
    const app = streams('app');
    app
      .stream(lines)
      .mapValues((line) => line.length, { value: double })
      .groupByKey()
      .reduce((a, b) => a + b);
    expect(repartitions(app)).toEqual([]);
  });

  test('a requested topic is shared with no other reader', () => {
    const app = withNewKeys((keyed) => {
      keyed.groupByKey().count({ name: 'counted' });
      keyed.repartition({ name: 'mine' }).to(out);
      keyed.repartition({ name: 'wide', partitions: 8 }).to(out);
    });
    expect(repartitions(app)).toEqual(['app-counted-repartition', 'app-mine-repartition', 'app-wide-repartition']);
  });

  test('readers with different serdes get separate topics', () => {
    const shouted = { ...string, name: 'shouted', encode: string.encode };
    const app = withNewKeys((keyed) => {
      keyed.groupByKey().count({ name: 'one' });
      keyed.with({ value: shouted }).groupByKey().count({ name: 'two' });
    });
    expect(repartitions(app)).toEqual(['app-one-repartition', 'app-two-repartition']);
  });

  test('move above filters and branches if readers can then share a topic', () => {
    const app = withNewKeys((keyed) => {
      keyed.groupByKey().count({ name: 'all' });
      const { long } = keyed.filter((line) => line !== '').split({ long: (line) => line.length > 3 });
      long.groupByKey().count({ name: 'long' });
    });
    expect(String(app.describe()).split('\n\n').slice(1, 3).join('\n\n')).toBe(`Sub-topology 0
  source-0 (source) reads lines
    → select-key-0
  select-key-0 (select-key)
    → all-sink
  all-sink (sink) writes app-all-repartition

Sub-topology 1
  all-source (source) reads app-all-repartition
    → all, filter-0
  all (count) keeps all
  filter-0 (filter)
    → split-0
  split-0 (split)
    → split-0-long
  split-0-long (branch)
    → long
  long (count) keeps long
  Stores
    all: key-value, string → count, changelog app-all-changelog
    long: key-value, string → count, changelog app-long-changelog`);
  });

  test('stay below a filter with another reader, with changed values, or alone', () => {
    const read = withNewKeys((keyed) => {
      keyed.groupByKey().count({ name: 'all' });
      const kept = keyed.filter((line) => line !== '');
      kept.groupByKey().count({ name: 'kept' });
      kept.to(out);
    });
    expect(repartitions(read)).toEqual(['app-all-repartition', 'app-kept-repartition']);
    const changed = withNewKeys((keyed) => {
      keyed.groupByKey().count({ name: 'all' });
      keyed
        .mapValues((line) => line.trim(), { value: string })
        .groupByKey()
        .count({ name: 'trimmed' });
    });
    expect(repartitions(changed)).toEqual(['app-all-repartition', 'app-trimmed-repartition']);
    const mixed = withNewKeys((keyed) => {
      keyed.groupByKey().count({ name: 'all' });
      const kept = keyed.filter((line) => line !== '');
      kept.groupByKey().count({ name: 'kept' });
      kept
        .with({ value: { ...string, name: 'other' } })
        .groupByKey()
        .count({ name: 'other' });
    });
    expect(repartitions(mixed)).toEqual(['app-all-repartition', 'app-kept-repartition', 'app-other-repartition']);
    const alone = withNewKeys((keyed) =>
      keyed
        .filter((line) => line !== '')
        .groupByKey()
        .count(),
    );
    expect(
      alone
        .describe()
        .toJSON()
        .subtopologies[0]?.nodes.map(({ id }) => id),
    ).toContain('filter-0');
  });

  test('give the same results in any position', () => {
    const words = fc.array(fc.stringMatching(/^[abc]{0,4}$/), { maxLength: 20 });
    const tests = fc.array(fc.nat(4), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, fc.array(tests, { minLength: 1, maxLength: 3 }), (input, chains) => {
        const app = withNewKeys((keyed) => {
          chains.forEach((chain, at) => {
            const filtered = chain.reduce((stream, length) => stream.filter((line) => line.length >= length), keyed);
            filtered.groupByKey().count({ name: `count-${at}` });
          });
        });
        const driver = testDriver(app);
        for (const line of input) driver.input(lines).pipe('k', line, 1);
        chains.forEach((chain, at) => {
          const kept = input.filter((line) => chain.every((length) => line.length >= length));
          for (const key of ['', 'a', 'b', 'c']) {
            const store = driver.store(`count-${at}`) as unknown as { get(key: string): number | undefined };
            expect(store.get(key) ?? 0).toBe(kept.filter((line) => line.slice(0, 1) === key).length);
          }
        });
        expect(repartitions(app)).toHaveLength(1);
      }),
    );
  });

  test('keep null keys if one of their readers uses them', () => {
    const app = streams('app');
    const table = app.table(other);
    const keyed = app.stream(lines).selectKey(() => null as string | null, { key: nullable(string) });
    keyed
      .groupByKey()
      .count()
      .toStream()
      .to(counts as never);
    keyed.leftJoin(table as never, (line, right) => `${line} ${right}`, { value: string }).to(out);
    expect(repartitions(app)).toHaveLength(1);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    expect(
      driver
        .output(out)
        .read()
        .map(({ key, value }) => [key, value]),
    ).toEqual([[null, 'x undefined']]);
    expect(driver.output(counts)).toHaveLength(0);
  });
});

describe('topics of the application', () => {
  test('refuses two repartitions of one name', () => {
    const app = withNewKeys((keyed) => {
      keyed.join(keyed, within('1m'), (left, right) => left + right, { name: 'pair', value: string });
      keyed.repartition({ name: 'pair-left' }).to(out);
    });
    expect(() => app.describe()).toThrow('two repartitions are named "pair-left": give one step another name');
  });

  test('may have the name of a source topic, since internal topics have a prefix', () => {
    const app = withNewKeys((keyed) => keyed.groupByKey().count({ name: 'lines' }).toStream().to(counts));
    expect(repartitions(app)).toEqual(['app-lines-repartition']);
    const driver = testDriver(app);
    driver.input(lines).pipe('k', 'abc', 1);
    expect(
      driver
        .output(counts)
        .read()
        .map(({ key, value }) => [key, value]),
    ).toEqual([['a', 1]]);
  });

  test('refuses them as sources or sinks of users', () => {
    const changelog = withNewKeys((keyed) => {
      keyed.groupByKey().count({ name: 'counted' });
      keyed.to({ ...out, name: 'app-counted-changelog' });
    });
    expect(() => changelog.describe()).toThrow(
      'topic "app-counted-changelog" belongs to store "counted", but "to-0" uses it too: rename one',
    );
    const read = withNewKeys((keyed) => keyed.groupByKey().count({ name: 'counted' }));
    read.stream(topic('app-counted-repartition', { key: string, value: string })).to(out);
    expect(() => read.describe()).toThrow('topic "app-counted-repartition" belongs');
  });

  test('refuses names that Kafka refuses', () => {
    const name = 'n'.repeat(240);
    const app = withNewKeys((keyed) => keyed.groupByKey().count({ name }));
    expect(() => app.describe()).toThrow(`the topic of repartition "${name}" cannot be named`);
  });
});
