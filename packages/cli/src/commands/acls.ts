import { type AccessRight, accessRights, planTopology } from '@kstreams/core/graph';
import type { Command } from 'commander';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { loadTopology } from '../load-topology.js';

interface AclsOptions {
  readonly exactlyOnce?: boolean;
  readonly endpoint?: boolean;
  readonly deadLetter: readonly string[];
  readonly principal: string;
  readonly json?: boolean;
}

/** Adds `kstreams acls`. */
export const addAcls = (program: Command, { print }: Environment): void => {
  program
    .command('acls')
    .description('print the rights that an application needs on a Kafka cluster, as arguments of kafka-acls.sh')
    .argument('<file>', "module that exports the application: streams('…')")
    .option('--exactly-once', 'include transactional ids')
    .option('--endpoint', 'include the topic of metadata, for processes with an endpoint')
    .option('--dead-letter <topic>', 'a topic that onError sends dead letters to; may be repeated', collect, [])
    .option('--principal <name>', 'the user who gets the rights', 'User:app')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('kstreams acls shop.ts --exactly-once --principal User:shop'))
    .action(
      async (file: string, { deadLetter, endpoint = false, exactlyOnce = false, json, principal }: AclsOptions) => {
        const needs = { exactlyOnce, endpoint, deadLetters: deadLetter };
        const rights = accessRights(planTopology(await loadTopology(file)), needs);
        if (json) print(JSON.stringify(rights));
        else for (const right of rights) print(lineOf(right, principal));
      },
    );
};

const collect = (topic: string, topics: readonly string[]): readonly string[] => [...topics, topic];

const lineOf = ({ name, operations, pattern, resource }: AccessRight, principal: string): string => {
  const granted = operations.map((one) => `--operation ${one}`).join(' ');
  if (pattern === 'chosen') return `# ${operations.join(', ')} on the topics that step "${name}" chooses`;
  const which = resource === 'cluster' ? '--cluster' : `--${resource} '${name}'`;
  const prefixed = pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : '';
  return `--add --allow-principal ${principal} ${granted} ${which}${prefixed}`;
};
