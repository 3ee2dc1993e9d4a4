/** Exports an application, and starts none. */
import { memory, type StartOptions, streams, string, topic } from 'kstreams';

const text = (name: string) => topic(name, { key: string, value: string });

export const app = streams('exported');
app.stream(text('lines')).to(text('loud'));

export const options: StartOptions = { state: memory() };
