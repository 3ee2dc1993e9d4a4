/** Typed stores over the rows of a state backend, and the kit they are built from. */

export { type Entries, InMemoryRows, type InMemoryRowsOptions } from './in-memory-rows.js';
export { keptKeys, keyIds, keyTexts } from './key-ids.js';
export { type KeyValueOptions, KeyValueRows, type KeyValueStore, keyValue } from './key-value.js';
export { decodeList, decodeNumbers, encodeList, encodeNumbers, listLength } from './list-bytes.js';
export { openRows } from './observed-rows.js';
export { type KeyedRows, type OrderedKeyValueStore, openOrdered } from './ordered-key-value.js';
export { OrderedMap } from './ordered-map.js';
export { rowReader } from './row-reader.js';
export { type RowFormat, Rows } from './rows.js';
export { SingleRow, type SingleRowFormat } from './single-row.js';
export { type InternalFormat, internalRows, type StoredRow, type StoredRows, storedRows } from './stored-rows.js';
export { type BufferEntry, type TimeBuffer, type TimeBufferOptions, timeBuffer } from './time-buffer.js';
export { type TimedFormat, TimedRows } from './timed-rows.js';
export { type TimersOptions, timers } from './timers.js';
export { type PutVersion, type VersionedOptions, type VersionedStore, versioned } from './versioned.js';
export type { WindowKey } from './window-key.js';
