import { murmur2, toUtf8 } from '@kstreams/core/graph';
import { type TaskPlace, taskIdOf } from '../../task/task-options.js';

/** The number of stateless tasks of a slot up to which a layout needs no more slots than stateful tasks. */
const statelessPerSlot = 4;
/** The golden ratio: multiples of it spread evenly over the slots, however many there are. */
const golden = 0.618_033_988_75;

/**
 * The slots of an application, the partitions of its placement topic. A slot holds at most one stateful task, which may change
 * places with another one of the same worker, and a fixed set of stateless tasks.
 */
export interface SlotLayout {
  readonly topic: string;
  /** The number of slots. */
  readonly slots: number;
  /** The stateful tasks, which are in the first slots in this order until a worker rearranges them. */
  readonly stateful: readonly TaskPlace[];
  /** The stateless tasks by slot. */
  readonly stateless: readonly (readonly TaskPlace[])[];
  /** Identifies the stateful tasks: other versions of the topology have others. */
  readonly version: string;
}

/**
 * Returns the number of slots that tasks need: one per stateful task, so that members with equally many slots have equally many
 * stateful tasks, and more where stateless tasks outnumber them by far.
 */
export const slotsNeeded = (tasks: readonly TaskPlace[]): number => {
  const stateful = statefulCount(tasks);
  return Math.max(1, stateful, Math.ceil((tasks.length - stateful) / statelessPerSlot));
};

/** Returns the number of stateful tasks. */
export const statefulCount = (tasks: readonly TaskPlace[]): number => tasks.filter(isStateful).length;

/**
 * Returns the layout of tasks over the partitions of a placement topic, or over as many slots as needed before it exists.
 * Sources that grow add no slots, which would move stateless tasks.
 */
export const slotLayout = (tasks: readonly TaskPlace[], topic: string, partitions: number): SlotLayout => {
  const slots = partitions === 0 ? slotsNeeded(tasks) : Math.max(partitions, statefulCount(tasks));
  const stateful = tasks.filter(isStateful);
  const stateless: TaskPlace[][] = Array.from({ length: slots }, () => []);
  for (const task of tasks) {
    if (!isStateful(task)) stateless[slotOf(task, slots)]?.push(task);
  }
  const version = (murmur2(toUtf8(stateful.map(taskIdOf).join(' '))) >>> 0).toString(36);
  return { topic, slots, stateful, stateless, version };
};

/** Returns the slot of a stateless task. It depends on no other task, so a source that grows moves none. */
const slotOf = ({ subtopology, partition }: TaskPlace, slots: number): number => {
  const first = Math.floor(((subtopology.id * golden) % 1) * slots);
  return (first + partition * strideOf(slots)) % slots;
};

/** Returns a stride that visits every slot once before it comes back, with neighbours far apart. */
const strideOf = (slots: number): number => {
  let stride = Math.max(1, Math.floor(slots * golden));
  while (divisor(slots, stride) > 1) stride--;
  return stride;
};

/** Returns the greatest common divisor. */
const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

const isStateful = ({ subtopology }: TaskPlace): boolean => subtopology.stores.length > 0;
