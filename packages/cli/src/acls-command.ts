import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type AccessOptions,
  type AccessRight,
  accessRights,
  ConfigError,
  messageOf,
  planTopology,
  type Topology,
} from '@kstreams/core/graph';

/** The parsed command line of `kstreams acls`. */
export interface AclsCommand extends AccessOptions {
  readonly script: string;
  /** The user who gets the rights. */
  readonly principal: string;
}

/** The help text of `kstreams acls`. */
export const aclsUsage = `usage: kstreams acls FILE [--exactly-once] [--endpoint] [--dead-letter TOPIC]… [--principal User:app]

Prints the rights that an application needs on a Kafka cluster, as arguments of
kafka-acls.sh. FILE is a module that exports the topology, or streams('…'), by any name.`;

/**
 * Parses the command line after `acls`.
 *
 * @throws ConfigError with the usage.
 */
export const parseAclsCommand = (given: readonly string[]): AclsCommand => {
  const { positionals, values } = parseOptions(given);
  const [script, ...more] = positionals;
  if (script === undefined || more.length > 0) throw new ConfigError(aclsUsage);
  return {
    script,
    exactlyOnce: values['exactly-once'] === true,
    endpoint: values.endpoint === true,
    deadLetters: values['dead-letter'] ?? [],
    principal: values.principal,
  };
};

/** Returns the arguments of `kafka-acls.sh` for the topology that a module exports, one line per resource. */
export const aclLines = async (path: string, command: AclsCommand): Promise<readonly string[]> => {
  const topology = await topologyOf(path);
  return accessRights(planTopology(topology), command).map((right) => lineOf(right, command.principal));
};

const parseOptions = (given: readonly string[]) => {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        'exactly-once': { type: 'boolean' },
        endpoint: { type: 'boolean' },
        'dead-letter': { type: 'string', multiple: true },
        principal: { type: 'string', default: 'User:app' },
      },
    });
  } catch (thrown) {
    throw new ConfigError(`${messageOf(thrown)}\n\n${aclsUsage}`, thrown);
  }
};

const topologyOf = async (path: string): Promise<Topology> => {
  const exported: readonly unknown[] = Object.values((await import(pathToFileURL(path).href)) as object);
  for (const one of exported) {
    if (typeof one !== 'object' || one === null) continue;
    if ('build' in one && typeof one.build === 'function') return one.build() as Topology;
    if ('nodes' in one && 'name' in one) return one as Topology;
  }
  throw new ConfigError(`${path} exports no topology: export const app = streams('…')`);
};

const lineOf = ({ name, operations, pattern, resource }: AccessRight, principal: string): string => {
  const granted = operations.map((one) => `--operation ${one}`).join(' ');
  if (pattern === 'chosen') return `# ${operations.join(', ')} on the topics that step "${name}" chooses`;
  const which = resource === 'cluster' ? '--cluster' : `--${resource} '${name}'`;
  const prefixed = pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : '';
  return `--add --allow-principal ${principal} ${granted} ${which}${prefixed}`;
};
