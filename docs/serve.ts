/** Serves the built documentation: `npm run docs`, after `npm run docs:build`. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

const built = fileURLToPath(new URL('.vitepress/dist', import.meta.url));

/** A running server of the built site. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the built documentation on `port`; 0, the default, picks a free one. */
export const serveSite = async (port = 0): Promise<Site> => {
  if (!existsSync(`${built}/playground/index.html`)) {
    throw new Error('the documentation is not built: run npm run docs:build first');
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
