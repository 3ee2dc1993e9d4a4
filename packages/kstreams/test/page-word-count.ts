/** A word count in a page, on the log in memory. Tests bundle it, limit its size and run it. */
import {
  countSerde,
  embedded,
  fromAsyncIterable,
  memory,
  start,
  streams,
  string,
  toAsyncIterable,
  topic,
} from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const counts = topic('counts', { key: string, value: countSerde });

const app = streams('word-count');
app
  .stream(lines)
  .flatMapValues((line) => line.toLowerCase().split(' '), { value: string })
  .groupBy((word) => word, { key: string })
  .count({ name: 'words' })
  .toStream()
  .to(counts);

const countWords = async (text: string, words: number): Promise<Record<string, number>> => {
  const transport = embedded();
  async function* entries() {
    for (const value of text.split('\n')) yield { key: '', value };
  }
  await fromAsyncIterable(entries(), lines, { transport });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const running = await start(app, { transport, state: memory(), logger, commitInterval: 5 });
  const found: Record<string, number> = {};
  let left = words;
  for await (const { key, value } of toAsyncIterable(counts, { transport })) {
    if (value !== null) found[key] = value;
    if (--left === 0) break;
  }
  await running.close();
  return found;
};

Object.assign(globalThis, { result: countWords('to be or\nnot to be', 6) });
