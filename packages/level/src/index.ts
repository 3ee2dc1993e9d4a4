/**
 * Level on disk: state, and the embedded log.
 *
 * @module @kstreams/level
 */

export { type LogRepair, planLogRepair } from './files/log-repair.js';
export { levelLog } from './log/level-log.js';
export type { LevelLogOptions } from './log/level-log-storage.js';
export { type LevelOptions, level } from './state/level.js';
export { type StateSlot, type StateSlotsOptions, setSlotAside, stateSlots } from './state/state-slots.js';
