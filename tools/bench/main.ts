/**
 * Runs `npm run bench`: kstreams beside hand-written code; `npm run bench -- parallel`: the table of
 * parallel-consumer.
 */
if (process.argv[2] === 'parallel') await import('./src/parallel/table.js');
else await import('./src/side-by-side.js');

export {};
