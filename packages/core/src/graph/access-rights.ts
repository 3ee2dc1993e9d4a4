import {
  changelogTopic,
  metadataTopic,
  placementTopic,
  repartitionTopic,
  sinkTopic,
  sourceTopics,
} from './internal-topics.js';
import type { Plan } from './topology.js';

/** An operation of Kafka's access control lists. `Describe` comes with each but `Create` and `IdempotentWrite`. */
export type AccessOperation = 'Read' | 'Write' | 'Create' | 'Delete' | 'Alter' | 'IdempotentWrite';

/** A right that an application needs on a Kafka cluster with access control. */
export interface AccessRight {
  readonly resource: 'topic' | 'group' | 'transactional-id' | 'cluster';
  /** The name of the resource, its prefix, or the node that chooses it. */
  readonly name: string;
  /** `chosen` for topics that a sink chooses per record. */
  readonly pattern: 'literal' | 'prefixed' | 'chosen';
  readonly operations: readonly AccessOperation[];
}

/** The options of an application that need rights. */
export interface AccessOptions {
  /** True for exactly-once. */
  readonly exactlyOnce: boolean;
  /** True when its processes have endpoints. */
  readonly endpoint: boolean;
  /** The topics of dead letters, besides those of steps. */
  readonly deadLetters: readonly string[];
}

/**
 * Returns all rights that an application needs on a cluster whose topics exist, internal ones excepted. Without `Delete` on
 * a table's source topic its cleanup policy stays unknown, so the table has a changelog.
 */
export const accessRights = (plan: Plan, options: AccessOptions): readonly AccessRight[] => {
  const rights = new Rights();
  const { globals, name, repartitions, subtopologies } = plan;
  for (const { topic } of globals) rights.add(topic, 'Read');
  for (const { nodes, sources, stores, tasksTopic } of subtopologies) {
    for (const source of sources) {
      for (const topic of sourceTopics(name, source)) rights.add(topic, 'Read');
      if (source.topics instanceof RegExp) rights.addPrefix(literalPrefix(source.topics.source), 'Read');
    }
    for (const node of nodes) {
      if (node.kind === 'processor') for (const topic of node.async?.deadLetters ?? []) rights.add(topic, 'Write');
      if (node.kind !== 'sink') continue;
      const topic = sinkTopic(name, node);
      if (topic === undefined) rights.addChosen(node.id, 'Write');
      else rights.add(topic, 'Write');
    }
    for (const spec of stores) {
      if (spec.changelog !== false) rights.add(changelogTopic(name, spec), 'Create', 'Read', 'Write');
    }
    if (tasksTopic !== undefined) rights.add(tasksTopic, 'Create', 'Read', 'Alter');
  }
  for (const one of repartitions) rights.add(repartitionTopic(name, one), 'Create', 'Read', 'Write', 'Delete');
  for (const topic of options.deadLetters) rights.add(topic, 'Write');
  const placement = placementTopic(plan);
  if (placement !== undefined) rights.add(placement, 'Create', 'Read', 'Alter');
  if (options.endpoint) rights.add(metadataTopic(name), 'Create', 'Read', 'Write');
  const others: AccessRight[] = [{ resource: 'group', name, pattern: 'literal', operations: ['Read'] }];
  if (options.exactlyOnce) {
    others.push({ resource: 'transactional-id', name: `${name}-`, pattern: 'prefixed', operations: ['Write'] });
  }
  // A user who may write to any topic has it.
  if (!rights.writes) {
    others.push({ resource: 'cluster', name: 'kafka-cluster', pattern: 'literal', operations: ['IdempotentWrite'] });
  }
  return [...rights.all, ...others];
};

/** Rights on topics, in the order of their first operation. */
class Rights {
  readonly #operations = new Map<string, { readonly right: AccessRight; readonly operations: Set<AccessOperation> }>();

  add(topic: string, ...operations: readonly AccessOperation[]): void {
    this.#add({ resource: 'topic', name: topic, pattern: 'literal', operations });
  }

  addPrefix(prefix: string, operation: AccessOperation): void {
    const all = prefix === '';
    this.#add({
      resource: 'topic',
      name: all ? '*' : prefix,
      pattern: all ? 'literal' : 'prefixed',
      operations: [operation],
    });
  }

  addChosen(node: string, operation: AccessOperation): void {
    this.#add({ resource: 'topic', name: node, pattern: 'chosen', operations: [operation] });
  }

  get all(): readonly AccessRight[] {
    return [...this.#operations.values()].map(({ operations, right }) => ({ ...right, operations: [...operations] }));
  }

  get writes(): boolean {
    return this.all.some(({ operations, pattern }) => operations.includes('Write') && pattern !== 'chosen');
  }

  #add(right: AccessRight): void {
    const id = `${right.pattern} ${right.name}`;
    const known = this.#operations.get(id) ?? { right, operations: new Set() };
    for (const operation of right.operations) known.operations.add(operation);
    this.#operations.set(id, known);
  }
}

/** Returns the text with which every match of a pattern begins. */
const literalPrefix = (pattern: string): string => {
  if (pattern.includes('|')) return '';
  const [prefix = ''] = /^[\w-]*/.exec(pattern.replace(/^\^/, '')) ?? [];
  const rest = pattern.replace(/^\^/, '').slice(prefix.length);
  return /^[*?{]/.test(rest) ? prefix.slice(0, -1) : prefix;
};
