/** A log in a folder, and damage to its files. */
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StreamsError, type TopicPartition, toUtf8 } from '@kstreams/core/graph';
import { embedded } from '@kstreams/embedded';
import { levelLog } from '@kstreams/level';
import type { Random } from '@kstreams/simulation';

const partitions: readonly TopicPartition[] = [0, 1, 2].map((partition) => ({ topic: 't', partition }));

/** Writes a log in two sessions, so that it has tables and a write-ahead log. */
export const writeLog = async (folder: string): Promise<void> => {
  for (let session = 0; session < 2; session++) {
    const log = embedded({ storage: levelLog(folder) });
    await (await log.admin()).create([{ name: 't', partitions: partitions.length, config: {} }]);
    const producer = await log.producer({ clientId: 'p' });
    const transactional = await log.producer({ clientId: 'x', transactionalId: 'x' });
    for (let i = 0; i < 30; i++) {
      transactional.begin();
      for (const [at, place] of partitions.entries()) {
        const value = toUtf8(`${session} ${i} ${'v'.repeat((i * 37) % 500)}`);
        const record = { ...place, key: toUtf8(String(i)), value, timestamp: i, headers: [] };
        // The last partition ends early: its last records are in the middle of the files.
        if (at < 2 || i < 10) (at === 1 ? transactional : producer).send(record);
      }
      await producer.flush();
      await (i % 3 === 0 ? transactional.abort() : transactional.commit());
    }
    const consumer = await log.consumer({ clientId: 'c', group: 'g' });
    await consumer.commit(partitions.map((place) => ({ ...place, offset: 10 * (session + 1) })));
    await log.close();
  }
};

/** Returns everything in a log as texts. Damage ends the records of a partition, or the log, and is `damage` there. */
export const readLog = async (folder: string): Promise<readonly string[]> => {
  const log = embedded({ storage: levelLog(folder), memory: 0 });
  const contents: string[] = [];
  try {
    const consumer = await log.consumer({ clientId: 'c', group: 'g' });
    contents.push(JSON.stringify(await consumer.committed(partitions)));
    for (const place of partitions) {
      consumer.assign([{ ...place, offset: 0 }]);
      try {
        while (!consumer.caughtUp(place)) {
          for (const record of await consumer.poll(100, 0)) contents.push(JSON.stringify(record));
        }
      } catch (thrown) {
        contents.push(noticed(thrown, folder));
      }
      consumer.unassign([place]);
    }
  } catch (thrown) {
    contents.push(noticed(thrown, folder));
  }
  await log.close().catch((thrown: unknown) => contents.push(noticed(thrown, folder)));
  return contents;
};

/** Returns the word for noticed damage; throws unless the error is one of the library and names the log. */
const noticed = (thrown: unknown, folder: string): 'damage' => {
  const named =
    thrown instanceof StreamsError &&
    (thrown.message.includes(`the embedded log in ${folder} is damaged`) ||
      thrown.message.includes(`the embedded log in ${folder} cannot be`) ||
      thrown.message.includes(`the embedded log in ${folder} has no topic`));
  if (named) return 'damage';
  throw thrown;
};

/** Damages one file of a database: flips bits, cuts it off, or removes it. Returns what it did. */
export const damageFile = async (random: Random, folder: string): Promise<string> => {
  const files = (await readdir(folder)).filter((name) => !/^(LOCK|LOG|LOG\.old)$/.test(name)).sort();
  const name = random.pick(files);
  const path = join(folder, name);
  const bytes = await readFile(path);
  const kind = random.below(6);
  if (kind === 0) {
    await rm(path);
    return `${name} removed`;
  }
  if (kind === 1) {
    const length = random.below(bytes.length + 1);
    await truncate(path, length);
    return `${name} cut to ${length} bytes`;
  }
  const flipped = Array.from({ length: 1 + random.below(3) }, () => random.below(bytes.length));
  for (const at of flipped) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  await writeFile(path, bytes);
  return `${name} changed at ${flipped}`;
};

/** Returns a copy of a folder. */
export const copyOf = async (folder: string, number: number): Promise<string> => {
  const copy = `${folder}-${number}`;
  await rm(copy, { recursive: true, force: true });
  await cp(folder, copy, { recursive: true });
  return copy;
};
