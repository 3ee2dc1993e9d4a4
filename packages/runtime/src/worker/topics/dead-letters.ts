import { type Admin, isName, type Plan, TopologyError, type Transport } from '@kstreams/core/graph';

/** Returns the declared dead-letter topics: those of the application and those of its async steps. */
export const deadLettersOf = (plan: Plan, declared: readonly string[] = []): readonly string[] => {
  const nodes = plan.subtopologies.flatMap((one) => one.nodes);
  const ofSteps = nodes.flatMap((node) => (node.kind === 'processor' ? (node.async?.deadLetters ?? []) : []));
  return [...new Set([...declared, ...ofSteps])];
};

/** Creates declared dead-letter topics on an embedded log; throws when a cluster lacks one. */
export const prepareDeadLetters = async (
  names: readonly string[],
  { createsTopics, name }: Pick<Transport, 'createsTopics' | 'name'>,
  admin: Admin,
): Promise<void> => {
  if (names.length === 0) return;
  const invalid = names.find((one) => !isName(one));
  if (invalid !== undefined) {
    throw new TopologyError(`"${invalid}" in \`deadLetters\` is no topic name: use a-z, A-Z, 0-9, ".", "_" and "-"`);
  }
  const existing = await admin.topics();
  const missing = names.filter((one) => !existing.has(one));
  if (missing.length === 0) return;
  if (createsTopics === true) {
    await admin.create(missing.map((one) => ({ name: one, partitions: 1, config: { 'cleanup.policy': 'delete' } })));
    return;
  }
  const quoted = missing.map((one) => `"${one}"`).join(', ');
  throw new TopologyError(`${name} has no topic ${quoted} for dead letters: create it, as with \`transport.admin()\``);
};
