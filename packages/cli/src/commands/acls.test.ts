import { expect, test } from '@jest/globals';
import { main } from '../main.js';

const script = new URL('../../test/topology.js', import.meta.url).pathname;

/** Runs the command and returns its exit code and what it printed. */
const runCommand = async (...given: readonly string[]) => {
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  return { code: await main(['acls', ...given], { print, report: print }), printed };
};

test('prints the rights of an exported topology as arguments of kafka-acls.sh', async () => {
  expect(await runCommand(script, '--exactly-once', '--dead-letter', 'dead', '--principal', 'User:copy')).toEqual({
    code: 0,
    printed: [
      "--add --allow-principal User:copy --operation Read --topic 'lines'",
      "--add --allow-principal User:copy --operation Write --topic 'loud'",
      "--add --allow-principal User:copy --operation Write --topic 'dead'",
      "--add --allow-principal User:copy --operation Read --group 'shout'",
      "--add --allow-principal User:copy --operation Write --transactional-id 'shout-' --resource-pattern-type prefixed",
    ],
  });
});

test.each([
  [[], /missing required argument 'file'/],
  [[script, '--exact'], /unknown option '--exact'/],
  [['nowhere.js'], /nowhere\.js does not exist/],
  [[new URL('../../test/empty.js', import.meta.url).pathname], /empty\.js exports no topology: export const app/],
  [[new URL('../../test/two.js', import.meta.url).pathname], /two\.js exports 2 topologies: export one of them only/],
])('the command line %j is refused', async (given, message) => {
  const { code, printed } = await runCommand(...given);
  expect(code).toBe(2);
  expect(printed.join('\n')).toMatch(message);
});
