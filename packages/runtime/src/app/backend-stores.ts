import type { BackendStore, Plan } from '@kstreams/core/graph';
import { type Cleanups, storePartition } from '../task/stores/store-partition.js';

/** Returns the stores of an application, with the topics that their rows are encoded for. */
export const backendStores = ({ globals, name, subtopologies }: Plan, topics: Cleanups): readonly BackendStore[] => {
  const specs = new Set(subtopologies.flatMap(({ stores }) => stores));
  const globalSpecs = globals.map(({ store }) => store);
  return [...specs, ...globalSpecs].map((spec) => {
    const { changelog } = storePartition(name, spec, 0, specs.has(spec) ? topics : new Map());
    return { spec, topic: changelog?.topic ?? spec.name };
  });
};
