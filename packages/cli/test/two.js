/** Exports two applications. */
import { streams } from 'kstreams';

export const [first, second] = [streams('first'), streams('second')];
