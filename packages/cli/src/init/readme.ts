import { type ProjectChoices, scriptCommand } from './choices.js';

/** Returns the README of a project. */
export const readme = ({ log, name, packageManager }: ProjectChoices): string => {
  const run = (script: string): string => scriptCommand(packageManager, script);
  const kstreams = packageManager === 'pnpm' ? 'pnpm kstreams' : 'npx kstreams';
  const where = log === 'kafka' ? ' --brokers localhost:9092' : ' --log .kstreams/log';
  const order = '{"key":"o-1","value":{"item":"tea","amount":5}}';
  const embedded = `The log and the state are in the folder \`.kstreams\`. While the application does not run, the log can be read and written:

\`\`\`sh
${kstreams} tail revenue --topology src/topology.ts${where} --from earliest --no-follow
echo '${order}' | ${kstreams} produce orders --topology src/topology.ts${where}
\`\`\`
`;
  const kafka = `The brokers are those of the variable \`KSTREAMS_BROKERS\`, else \`localhost:9092\`. While the application runs, send an order and read the totals:

\`\`\`sh
echo '${order}' | ${kstreams} produce orders --topology src/topology.ts${where}
${kstreams} tail revenue --topology src/topology.ts${where} --from earliest
\`\`\`
`;
  return `# ${name}

A stream of orders, and the revenue of each item.

| command | for |
|---|---|
| \`${packageManager} install\` | the packages |
| \`${run('test')}\` | the test of the topology, without a log |
| \`${run('dev')}\` | the application, restarted on each change |
| \`${run('start')}\` | the application |
| \`${run('types')}\` | the types |
| \`${kstreams} describe src/topology.ts\` | its steps, topics and stores |

${log === 'kafka' ? kafka : embedded}`;
};
