/** Runs the files of its command line one by one and sends their outcomes to the parent process. */
import { pathToFileURL } from 'node:url';

const seconds = 20;

const run = async (file: string): Promise<{ file: string; threw?: string }> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`did not end within ${seconds} s`)), seconds * 1_000);
  });
  try {
    await Promise.race([import(pathToFileURL(file).href), late]);
    return { file };
  } catch (thrown) {
    return { file, threw: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  } finally {
    clearTimeout(timer);
  }
};

for (const file of process.argv.slice(2)) process.send?.(await run(file));
process.disconnect?.();
process.exit();
