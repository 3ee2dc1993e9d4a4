import { type FencedError, TransportError } from '@kstreams/core/graph';
import { type ClientError, codes, errorOf } from './errors.js';

/** Returns the error of a group that was not deleted; undefined for an unknown group, which counts as deleted. */
export const groupDeletionError = (group: string, failure: ClientError): TransportError | FencedError | undefined => {
  if (failure.code === codes.groupMissing) return undefined;
  const action = `group "${group}" cannot be deleted`;
  if (failure.code === codes.groupNotEmpty)
    return new TransportError(`${action}: it has members, which have to end first`, {}, failure);
  return errorOf(action, failure, {}, undefined, `Delete on group "${group}"`);
};
