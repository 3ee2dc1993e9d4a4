import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import llms from 'vitepress-plugin-llms';
import { exampleLinks, playgroundLinks } from './playground-links.js';
import { referenceSidebar } from './reference-sidebar.js';
import { repositoryLinks } from './repository-links.js';

const docs = fileURLToPath(new URL('..', import.meta.url));

/** The first heading of a page, without a leading number such as `3. `. */
const titleOf = (page: string): string =>
  /^# (?:\d+\. )?(.+)$/m.exec(readFileSync(`${docs}/${page}`, 'utf8'))?.[1] ?? page;

const decisions = readdirSync(`${docs}/decisions`)
  .sort()
  .map((name) => ({ text: titleOf(`decisions/${name}`), link: `/decisions/${name.replace('.md', '')}` }));

const pages = (...names: string[]) =>
  names
    .filter((name) => existsSync(`${docs}/${name}.md`))
    .map((name) => ({ text: titleOf(`${name}.md`), link: `/${name}` }));

const sidebar = [
  {
    text: 'Begin',
    items: pages(
      'guide/install',
      'guide/five-minutes',
      'guide/playground',
      'guide/examples',
      'guide/cookbook',
      'from-kafka-streams',
      'guide/from-a-consumer-loop',
      'guide/from-rxjs',
      'guide/questions',
    ),
  },
  {
    text: 'Guide',
    items: pages(
      'guide/streams-and-tables',
      'guide/windows',
      'guide/aggregates',
      'guide/steps',
      'guide/joins',
      'guide/state',
      'guide/formats',
      'guide/async',
      'guide/guarantees',
      'guide/errors',
      'guide/queries',
      'guide/change-data-capture',
      'processors',
      'guide/low-level',
      'guide/extensions',
      'testing',
    ),
  },
  {
    text: 'Operations',
    items: pages(
      'guide/kafka',
      'guide/command-line',
      'operations/settings',
      'operations/kubernetes',
      'operations/security',
      'operations/sizing',
      'operations/scale',
      'operations/tuning',
      'operations/upgrades',
      'operations/situations',
      'operations/troubleshooting',
      'operations/warnings',
      'operations/monitoring',
      'metrics',
      'operations/tracing',
      'operations/inspector',
      'operations/query-threats',
    ),
  },
  { text: 'Reference', items: pages('semantics', 'serdes', 'stores', 'glossary') },
  { text: 'Project', items: pages('architecture', 'benchmarks', 'contributing/style', 'contributing/pitfalls') },
  { text: 'Decisions', collapsed: true, items: decisions },
];

export default defineConfig({
  title: 'kstreams',
  description: 'Stateful stream processing for TypeScript',
  lang: 'en',
  cleanUrls: true,
  srcExclude: ['playground/**'],
  // The playground is built beside the pages.
  ignoreDeadLinks: [/^\/playground\//],
  lastUpdated: false,
  head: [
    [
      'link',
      {
        rel: 'icon',
        href: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%233b6ef5' stroke-width='2.4' stroke-linecap='round'><path d='M2 7c5 0 5 5 10 5s5-5 10-5M2 17c5 0 5-5 10-5s5 5 10 5'/></svg>",
      },
    ],
  ],
  markdown: {
    config: (markdown) => {
      playgroundLinks(markdown);
      exampleLinks(markdown);
      repositoryLinks(markdown);
    },
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/five-minutes' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Playground', link: '/playground/', target: '_self' },
    ],
    sidebar: { '/': sidebar, '/reference/': referenceSidebar(docs) },
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        // Pages of the guide before decisions, and those before the reference, which has every word many times.
        miniSearch: {
          searchOptions: {
            boostDocument: (page: string) =>
              page.startsWith('/reference/') ? 0.2 : page.startsWith('/decisions/') ? 0.5 : 1,
          },
        },
      },
    },
  },
  vite: { plugins: [llms({ ignoreFiles: ['reference/**'] })] },
});
