import { type Description, describeTopology } from '@kstreams/core/graph';
import { type Command, Option } from 'commander';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { loadTopology } from '../load-topology.js';

const formats = {
  text: (description: Description) => description.toString().trimEnd(),
  mermaid: (description: Description) => description.toMermaid().trimEnd(),
  json: (description: Description) => JSON.stringify(description, null, 2),
  svg: async (description: Description) => {
    const { draw, svgOf } = await import('@kstreams/drawing');
    const topology = description.toJSON();
    return svgOf(draw(topology), topology.name).trimEnd();
  },
};

/** Adds `kstreams describe`. */
export const addDescribe = (program: Command, { print }: Environment): void => {
  program
    .command('describe')
    .description('describe a topology: its steps, topics and stores')
    .argument('<file>', "module that exports the application: streams('…')")
    .addOption(new Option('--format <format>', 'form of the description').choices(Object.keys(formats)).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText('after', examples('kstreams describe shop.ts', 'kstreams describe shop.ts --format svg > shop.svg'))
    .action(async (file: string, { format, json }: { format: keyof typeof formats; json?: boolean }) => {
      const description = describeTopology(await loadTopology(file));
      print(await formats[json ? 'json' : format](description));
    });
};
