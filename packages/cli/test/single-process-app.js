/** An application on the embedded log, which cannot run in several processes. */
import '../../../tools/run/register.js';

const { embedded, memory, start, streams, string, topic } = await import('kstreams');
const app = streams('alone');
app.stream(topic('words', { key: string, value: string })).forEach(() => {});
await start(app, { transport: embedded(), state: memory() });
