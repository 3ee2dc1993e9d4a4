/** What a page gets in place of Level: folders need Node. */
import { TransportError } from '@kstreams/core/graph';

/** Says that a page has no folders. */
export const openLevel = async (folder: string): Promise<never> => {
  throw new TransportError(`the embedded log in ${folder} cannot be opened: folders need Node; name none in a browser`);
};
