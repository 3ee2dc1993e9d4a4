/** Serves the built documentation: `npm run docs`, after `npm run docs:build`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

const built = fileURLToPath(new URL('.vitepress/dist', import.meta.url));

/** A site that is served until it is closed. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves what was built; on any free port where none is given. */
export const serveSite = async (port = 0): Promise<Site> => {
  if (!existsSync(`${built}/playground/index.html`)) {
    throw new Error('the documentation is not built: npm run docs:build');
  }
  const server = await preview({
    configFile: false,
    appType: 'mpa',
    logLevel: 'silent',
    build: { outDir: built },
    preview: { port, host: '127.0.0.1' },
  });
  const address = server.httpServer.address() as { port: number };
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.httpServer.close(() => resolve())),
  };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serveSite(4_173);
  console.log(`the documentation is at ${url}, the playground at ${url}/playground/`);
}
