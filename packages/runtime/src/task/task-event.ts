import type { RecordDroppedEvent } from '../telemetry/record-dropped-event.js';
import type { KeyBytesEvent } from './key-bytes.js';

/** Something that a task reports once. */
export type TaskEvent = KeyBytesEvent | RecordDroppedEvent;
