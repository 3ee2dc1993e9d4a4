/** The commands that look into topologies and logs, on an embedded log in memory. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { sendTexts } from '@kstreams/test-support/text-records';
import { embedded, json, memory, type Streams, start, streams, string, topic } from 'kstreams';
import { type Outgoing, toUtf8 } from 'kstreams/authors';
import { main } from '../main.js';

const fileIn = (name: string): string => new URL(`../../test/${name}`, import.meta.url).pathname;
const counting = fileIn('counting.js');

/** The same application as in test/counting.js. */
const countingApp = (): Streams => {
  const app = streams('counting');
  app
    .stream(topic('words', { key: string, value: string }))
    .groupBy((word) => word, { key: string })
    .count({ name: 'counts' })
    .toStream()
    .to(topic('totals', { key: string, value: json<number>() }));
  return app;
};

let log: ReturnType<typeof embedded>;
beforeEach(() => {
  log = embedded();
});

/** Runs a command on the log; returns its exit code and what it printed. */
const run = async (...given: readonly string[]) => {
  const [printed, reported]: [string[], string[]] = [[], []];
  const code = await main(given, {
    print: (line) => printed.push(line),
    report: (line) => reported.push(line),
    connect: async () => ({ ...borrowed(), close: async () => {} }),
  });
  return { code, printed, reported };
};

/** Returns the log with its methods bound; commands close what they open, and the tests go on with it. */
const borrowed = () => ({
  name: log.name,
  createsTopics: true,
  consumer: log.consumer.bind(log),
  producer: log.producer.bind(log),
  admin: log.admin.bind(log),
});

const runApp = async (words: readonly string[]): Promise<void> => {
  const app = await start(countingApp(), { transport: log, state: memory(), commitInterval: 10 });
  await sendTexts(
    log,
    'words',
    words.map((word) => ['', word] as const),
  );
  await awaitCommitted(log, app, { topic: 'counting-counts-repartition', partition: 0 }, words.length);
  await app.close();
};

describe('kstreams describe', () => {
  test('prints a topology as text, as a diagram, as a picture and as data', async () => {
    const text = await run('describe', counting);
    expect(text.printed.join('\n')).toMatch(/^Topology counting$/m);
    expect((await run('describe', counting, '--format', 'mermaid')).printed[0]).toMatch(/^flowchart /);
    expect((await run('describe', counting, '--format', 'svg')).printed[0]).toMatch(
      /^<svg [\s\S]*<title>counting<\/title>/,
    );
    const data = JSON.parse((await run('describe', counting, '--json')).printed.join('\n'));
    expect(data).toMatchObject({ name: 'counting' });
  });

  test('refuses another format', async () => {
    const { code, reported } = await run('describe', counting, '--format', 'png');
    expect(code).toBe(2);
    expect(reported.join('\n')).toMatch(/Allowed choices are text, mermaid, json, svg/);
  });
});

describe('kstreams plan', () => {
  test('lists the topics that a start creates, and creates none', async () => {
    const { code, printed } = await run('plan', counting);
    expect({ code, printed: printed.slice(1).sort() }).toEqual({
      code: 0,
      printed: [
        '+ counting-counts-changelog: created with 1 partition',
        '+ counting-counts-repartition: created with 1 partition',
        '+ counting-placement: created with 1 partition',
        '+ totals: created with 1 partition',
        '+ words: created with 1 partition',
      ],
    });
    const admin = await log.admin();
    expect([...(await admin.topics()).keys()]).toEqual([]);
    await admin.close();
  });

  test('lists changelogs to restore, topics that no step uses, and nothing to create after a run', async () => {
    await runApp(['a', 'b', 'a']);
    const admin = await log.admin();
    await admin.create([{ name: 'counting-old-changelog', partitions: 1, config: {} }]);
    await admin.close();
    const { code, printed } = await run('plan', counting, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(printed.join(''))).toEqual({
      application: 'counting',
      log: log.name,
      members: [],
      creates: [],
      grows: [],
      restores: [{ name: 'counting-counts-changelog', store: 'counts', records: 2 }],
      unused: [{ name: 'counting-old-changelog', partitions: 1, records: 0 }],
    });
  });

  test('names a store that may have been renamed', async () => {
    const admin = await log.admin();
    const changelog = { partitions: 1, config: { 'cleanup.policy': 'compact' } };
    await admin.create([{ name: 'counting-tally-changelog', ...changelog }]);
    const lastLine = async () => (await run('plan', counting)).printed.at(-1);
    expect(await lastLine()).toBe(
      '  a store may have been renamed: 0 records of counting-tally-changelog would not be in counting-counts-changelog',
    );
    await admin.create([{ name: 'counting-other-changelog', ...changelog }]);
    expect(await lastLine()).toMatch(/^- counting-\w+-changelog: 0 records, used by no step/);
    await admin.close();
  });

  test('ends with 1 and the error when the application could not start', async () => {
    await runApp(['a']);
    const admin = await log.admin();
    await admin.delete(['counting-counts-changelog']);
    await admin.create([{ name: 'counting-counts-changelog', partitions: 3, config: { 'cleanup.policy': 'compact' } }]);
    await admin.close();
    const { code, printed } = await run('plan', counting);
    expect(code).toBe(1);
    expect(printed.at(-1)).toMatch(/^! topic "counting-counts-changelog" has 3 partitions and needs 1/);
  });
});

describe('kstreams lag', () => {
  test('is the distance between committed offsets and the ends', async () => {
    await runApp(['a', 'b']);
    await sendTexts(log, 'words', [['', 'c']]);
    const { printed } = await run('lag', counting, '--json');
    expect(JSON.parse(printed.join(''))).toEqual([
      { topic: 'words', partition: 0, committed: 2, end: 3, lag: 1 },
      { topic: 'counting-counts-repartition', partition: 0, committed: 2, end: 2, lag: 0 },
    ]);
    expect((await run('lag', counting)).printed).toEqual([
      'topic                        partition  committed  end  lag',
      'words                                0          2    3    1',
      'counting-counts-repartition          0          2    2    0',
      '1 record behind',
    ]);
  });

  test('of an application that never ran is all that there is', async () => {
    const admin = await log.admin();
    await admin.create([{ name: 'words', partitions: 1, config: {} }]);
    await admin.close();
    await sendTexts(log, 'words', [['', 'a']]);
    expect(JSON.parse((await run('lag', counting, '--json')).printed.join(''))).toEqual([
      { topic: 'words', partition: 0, end: 1, lag: 1 },
    ]);
  });
});

describe('kstreams topics', () => {
  test('lists topics with their sizes, all or those of an application', async () => {
    await runApp(['a', 'b']);
    expect((await run('topics', '--application', 'counting')).printed[0]).toMatch(
      /^topic +partitions +records +cleanup$/,
    );
    const all = JSON.parse((await run('topics', '--json')).printed.join(''));
    expect(all).toContainEqual({ name: 'words', partitions: 1, records: 2, cleanup: 'delete' });
    expect(all).toContainEqual(expect.objectContaining({ name: 'counting-counts-changelog', records: 2 }));
  });
});

describe('kstreams tail', () => {
  const send = async (...records: readonly Partial<Outgoing>[]): Promise<void> => {
    const producer = await log.producer({ clientId: 'test' });
    for (const record of records) {
      producer.send({ topic: 'words', partition: 0, key: null, value: null, timestamp: 1_000, headers: [], ...record });
    }
    await producer.flush();
    await producer.close();
  };
  beforeEach(async () => {
    const admin = await log.admin();
    await admin.create([{ name: 'words', partitions: 1, config: {} }]);
    await admin.close();
  });
  const lines = async (...given: readonly string[]) =>
    (await run('tail', 'words', '--from', 'earliest', '--no-follow', ...given)).printed;

  test('prints records as lines, without the control characters of values', async () => {
    await send({ key: toUtf8('a'), value: toUtf8('one') }, { value: toUtf8('\u001b[2Jtwo') });
    expect(await lines()).toEqual([
      '0:0  1970-01-01T00:00:01.000Z  a  one',
      '0:1  1970-01-01T00:00:01.000Z  null  "\\u001b[2Jtwo"',
    ]);
  });

  test('prints JSON, with headers, and with bytes in base64', async () => {
    await send({ key: Uint8Array.of(1, 2), value: toUtf8('{"n":1}'), headers: [['h', toUtf8('x')]] });
    const [line = ''] = await lines('--json', '--key', 'bytes', '--value', 'json');
    expect(JSON.parse(line)).toEqual({
      partition: 0,
      offset: 0,
      timestamp: '1970-01-01T00:00:01.000Z',
      key: { $bytes: 'AQI=' },
      value: { n: 1 },
      headers: { h: 'x' },
    });
  });

  test('goes on after a value that cannot be decoded', async () => {
    await send({ value: toUtf8('no json') }, { value: toUtf8('2') });
    const [first = '', second = ''] = await lines('--value', 'json');
    expect(first).toMatch(/ \{"\$bytes":"bm8ganNvbg=="\} {2}! /);
    expect(second).toMatch(/ {2}2$/);
  });

  test('decodes with the serdes of a topology', async () => {
    const admin = await log.admin();
    await admin.create([{ name: 'totals', partitions: 1, config: {} }]);
    await admin.close();
    await send({ topic: 'totals', value: toUtf8('[1]') });
    const given = ['tail', 'totals', '--from', 'earliest', '--no-follow', '--json'];
    const [asText = ''] = (await run(...given)).printed;
    const [decoded = ''] = (await run(...given, '--topology', counting)).printed;
    expect([JSON.parse(asText).value, JSON.parse(decoded).value]).toEqual(['[1]', [1]]);
    const { code, reported } = await run('tail', 'others', '--topology', counting);
    expect(code).toBe(2);
    expect(reported.join('')).toMatch(/application "counting" neither reads nor writes topic "others"/);
  });

  test('stops after a limit, and begins at a time', async () => {
    await send(
      { value: toUtf8('1') },
      { value: toUtf8('2'), timestamp: 2_000 },
      { value: toUtf8('3'), timestamp: 3_000 },
    );
    const { printed } = await run('tail', 'words', '--from', '1970-01-01T00:00:02Z', '--limit', '1');
    expect(printed).toEqual(['0:1  1970-01-01T00:00:02.000Z  null  2']);
  });

  test('follows the topic until a signal', async () => {
    let signal = (): void => {};
    const printed: string[] = [];
    const ended = main(['tail', 'words', '--from', 'earliest'], {
      print: (line) => {
        printed.push(line);
        signal();
      },
      connect: async () => ({ ...borrowed(), close: async () => {} }),
      onSignal: (listener) => {
        signal = () => listener('SIGINT');
        return () => {};
      },
    });
    await send({ value: toUtf8('late') });
    expect(await ended).toBe(0);
    expect(printed).toHaveLength(1);
  });

  test('of a topic that does not exist is refused', async () => {
    const { code, reported } = await run('tail', 'wrods');
    expect(code).toBe(2);
    expect(reported.join('')).toMatch(/has no topic "wrods": kstreams topics lists them/);
  });
});

describe('kstreams produce', () => {
  const serdes = ['--key', 'bytes', '--value', 'json'];
  const produce = async (lines: readonly string[], ...given: readonly string[]) => {
    const reported: string[] = [];
    const code = await main(['produce', 'words', ...given], {
      input: (async function* () {
        yield* lines;
      })(),
      report: (line) => reported.push(line),
      connect: async () => ({ ...borrowed(), close: async () => {} }),
    });
    return { code, reported: reported.join('\n') };
  };
  const words = async () =>
    (await run('tail', 'words', '--json', ...serdes, '--from', 'earliest', '--no-follow')).printed.map((line) =>
      JSON.parse(line),
    );
  beforeEach(async () => {
    const admin = await log.admin();
    await admin.create([{ name: 'words', partitions: 1, config: {} }]);
    await admin.close();
  });

  test('writes the records of its lines, as tail prints them', async () => {
    const timestamp = '2026-01-31T12:00:00.000Z';
    const records = [
      { key: { $bytes: 'AQI=' }, value: { n: 1 }, timestamp, headers: { h: 'x' } },
      { key: null, value: null, timestamp },
    ];
    const lines = [...records.map((record) => JSON.stringify(record)), ''];
    expect(await produce(lines, ...serdes)).toEqual({ code: 0, reported: '2 records written to words' });
    const printed = await words();
    expect(printed).toEqual(records.map((record, offset) => ({ partition: 0, offset, ...record })));
    const again = printed.map((record) => JSON.stringify(record));
    await produce(again, ...serdes);
    expect((await words()).slice(2)).toEqual(printed.map((record, at) => ({ ...record, offset: at + 2 })));
  });

  test.each([
    ['one', /line 2 is no record: .*JSON/],
    ['{"key":"a"}', /line 2 is no record: it needs the form/],
    ['{"value":"a","timestamp":"soon"}', /line 2 is no record: "soon" is no time in ISO 8601/],
  ])('refuses the line %j, after the records before it', async (line, message) => {
    const { code, reported } = await produce(['{"value":1}', line], ...serdes);
    expect(code).toBe(2);
    expect(reported).toMatch(message);
    expect(await words()).toHaveLength(1);
  });
});
