/** Exports an application. */
import { streams, string, topic } from 'kstreams';

const text = (name) => topic(name, { key: string, value: string });

export const app = streams('shout');
app.stream(text('lines')).to(text('loud'));
