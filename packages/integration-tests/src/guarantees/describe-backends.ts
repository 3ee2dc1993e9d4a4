import { describe, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import type { Guarantee } from 'kstreams';
import { backends, type TestedBackend } from './backends.js';
import type { LawRun } from './laws.js';

/** A law of every backend. */
export interface Law {
  readonly name: string;
  readonly check: (run: LawRun) => Promise<void>;
}

const guarantees: readonly Guarantee[] = ['at-least-once', 'exactly-once'];

/** Describes each backend under each guarantee with a test for each of its laws. */
export const describeBackends = (lawsOf: (guarantee: Guarantee) => readonly Law[]): void => {
  const newFolder = temporaryFolders();
  const suite =
    ({ open }: TestedBackend) =>
    (address: string): void => {
      const cells = guarantees.flatMap((guarantee) => lawsOf(guarantee).map((law) => ({ ...law, guarantee })));
      test.each(cells)('$guarantee: $name', async ({ check, guarantee }) => {
        const place = await open(await newFolder(), address);
        await check({ place, guarantee, folder: await newFolder() });
        await place.close();
      });
    };
  for (const backend of backends) {
    const title = `state in ${backend.name}`;
    if (backend.service === undefined) describe(title, () => suite(backend)(''));
    else describeWith(backend.service, title, suite(backend));
  }
};
