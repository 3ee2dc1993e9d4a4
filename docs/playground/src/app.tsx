import { signal } from '@preact/signals';
import { examples } from './examples.js';
import { compared } from './model/compare.js';
import { drops, outputs } from './model/outputs.js';
import { log, stale, state } from './model/run.js';
import { open } from './model/snippet.js';
import { type Tab, tab, tabs } from './model/view.js';
import { Chart } from './panels/chart.js';
import { CodePanel } from './panels/code-panel.js';
import { Compare } from './panels/compare.js';
import { Console } from './panels/console.js';
import { Dropped } from './panels/dropped.js';
import { HelpButton } from './panels/help-button.js';
import { Input } from './panels/input.js';
import { Marbles } from './panels/marbles.js';
import { Outputs } from './panels/outputs.js';
import { ErrorBanner, Problems } from './panels/problems.js';
import { ShareButton } from './panels/share-button.js';
import { paneStyle, Splitter } from './panels/splitter.js';
import { Stores } from './panels/stores.js';
import { ThemeButton } from './panels/theme-button.js';
import { Timeline } from './panels/timeline.js';
import { TopologyPanel } from './panels/topology-panel.js';

/** The sections of the page; a narrow screen shows one at a time. */
const rooms = ['code', 'topology', 'results'] as const;
const room = signal<(typeof rooms)[number]>('code');

const leftTab = signal<'code' | 'input'>('code');

const results = {
  outputs: Outputs,
  marbles: Marbles,
  chart: Chart,
  stores: Stores,
  dropped: Dropped,
  compare: Compare,
  console: Console,
};
const counts = (of: Tab): number | undefined =>
  ({
    outputs: outputs.value.length,
    dropped: drops.value.length,
    compare: compared.value?.differences.length,
    console: log.value.length,
  })[of as 'outputs'];

/** The whole page. */
export const App = () => {
  const Result = results[tab.value];
  return (
    <>
      <header class="bar">
        <a class="brand" href="../">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M2 7c5 0 5 5 10 5s5-5 10-5M2 17c5 0 5-5 10-5s5 5 10 5" />
          </svg>
          <h1>
            kstreams <span>playground</span>
          </h1>
        </a>
        <label>
          <span class="hidden">Example</span>
          <select
            onChange={({ currentTarget }) => {
              const picked = examples[Number(currentTarget.value)];
              if (picked !== undefined) open(picked.code, { input: picked.input ?? {} });
              currentTarget.value = '';
            }}
          >
            <option value="">Examples</option>
            {examples.map(({ title }, at) => (
              <option key={title} value={at}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <span class="spring" />
        <HelpButton />
        <ShareButton />
        <ThemeButton />
      </header>
      <nav class="rooms" aria-label="Rooms">
        {rooms.map((one) => (
          <button key={one} type="button" aria-pressed={room.value === one} onClick={() => (room.value = one)}>
            {one}
          </button>
        ))}
      </nav>
      <main data-room={room.value} style={paneStyle()}>
        <section class="room code" aria-label="Code and input">
          <Tabs of={['code', 'input']} value={leftTab.value} set={(to) => (leftTab.value = to)} />
          <div class="stack">
            <div class="pane editor-pane" hidden={leftTab.value !== 'code'}>
              <CodePanel />
            </div>
            <div class="pane" hidden={leftTab.value !== 'input'}>
              <Input />
            </div>
          </div>
          <Problems />
          <ErrorBanner />
        </section>
        <Splitter label="Width of the code" pane="left" />
        <section class="room topology" aria-label="Topology">
          <TopologyPanel />
        </section>
        <Splitter label="Height of the topology" pane="top" />
        <Timeline />
        <section class="room results" aria-label="Results" aria-busy={state.value === 'running'}>
          <Tabs of={tabs} value={tab.value} set={(to) => (tab.value = to)} note={counts} />
          {stale.value && <p class="old">Results of the last run that worked.</p>}
          <div class="pane" role="tabpanel" aria-label={tab.value} tabindex={0}>
            <Result />
          </div>
        </section>
      </main>
    </>
  );
};

interface TabOptions<T extends string> {
  readonly of: readonly T[];
  readonly value: T;
  readonly set: (tab: T) => void;
  readonly note?: (tab: T) => number | undefined;
}

const Tabs = <T extends string>({ of, value, set, note = () => undefined }: TabOptions<T>) => {
  const go = (by: number): void => set(of[(of.indexOf(value) + by + of.length) % of.length] as T);
  return (
    <div class="tabs" role="tablist">
      {of.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={tab === value}
          tabIndex={tab === value ? 0 : -1}
          onClick={() => set(tab)}
          onKeyDown={({ key }) => {
            if (key === 'ArrowRight') go(1);
            if (key === 'ArrowLeft') go(-1);
          }}
        >
          {tab}
          {note(tab) !== undefined && <span class="count">{note(tab)}</span>}
        </button>
      ))}
    </div>
  );
};
