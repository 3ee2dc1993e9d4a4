/** Exports an application with dead letters, and the options of its start. */
import { json, streams, string, topic } from 'kstreams';

export const app = streams('greetings');
app.stream(topic('names', { key: string, value: json() })).forEach(({ name }) => {
  if (name === '') throw new RangeError('a name is empty');
});

export const options = { onError: () => ({ deadLetter: 'names-dead' }), deadLetters: ['names-dead'] };
