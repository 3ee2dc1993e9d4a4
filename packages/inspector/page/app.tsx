import { compact } from '@kstreams/ui';
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { application, enter, problem, processes, rates, refused, report } from './model/session.js';
import { CallsPanel, callingSteps } from './panels/calls-panel.js';
import { ConfigurationPanel } from './panels/configuration-panel.js';
import { ProblemsPanel } from './panels/problems-panel.js';
import { StoresPanel } from './panels/stores-panel.js';
import { TasksPanel } from './panels/tasks-panel.js';
import { ThemeButton } from './panels/theme-button.js';
import { TimelinePanel } from './panels/timeline-panel.js';
import { TopologyPanel } from './panels/topology-panel.js';

const panels = {
  Topology: TopologyPanel,
  Tasks: TasksPanel,
  Stores: StoresPanel,
  Problems: ProblemsPanel,
  Timeline: TimelinePanel,
  Calls: CallsPanel,
  Configuration: ConfigurationPanel,
} as const;

/** The panel that is shown. */
const panel = signal<keyof typeof panels>('Topology');

/** The whole page. */
export const App = () => {
  if (refused.value) return <TokenForm />;
  const Panel = panels[panel.value];
  const names = (Object.keys(panels) as (keyof typeof panels)[]).filter((name) => !isEmpty(name));
  return (
    <>
      <header class="bar">
        <h1>
          {application.value?.name ?? 'kstreams'} <span>inspector</span>
        </h1>
        <Summary />
        <span class="spring" />
        <ThemeButton />
      </header>
      <nav class="panels" aria-label="Panels">
        {names.map((name) => (
          <button
            key={name}
            type="button"
            aria-current={panel.value === name ? 'page' : undefined}
            onClick={() => (panel.value = name)}
          >
            {name}
          </button>
        ))}
      </nav>
      <Notices />
      <main data-panel={panel.value}>
        {application.value === undefined ? (
          <p class="nothing">Loading…</p>
        ) : (
          <Panel topology={application.value.topology} />
        )}
      </main>
    </>
  );
};

/** True for a panel that has nothing to show. */
const isEmpty = (name: keyof typeof panels): boolean => {
  const known = application.value;
  if (name === 'Stores') return known?.records === false;
  return name === 'Calls' && (known === undefined || callingSteps(known.topology).length === 0);
};

/** The number of processes and tasks, and the records per second. */
const Summary = () => {
  const tasks = processes.value.reduce((sum, one) => sum + one.tasks.length, 0);
  const states = new Set(processes.value.map(({ state }) => state));
  if (processes.value.length === 0) return null;
  return (
    <p class="summary" role="status">
      <span class={`state ${[...states].every((one) => one === 'running') ? 'good' : 'bad'}`}>
        {[...states].join(', ')}
      </span>
      <span>{plural(processes.value.length, 'process', 'processes')}</span>
      <span>{plural(tasks, 'task', 'tasks')}</span>
      {rates.value !== undefined && <span>{compact(rates.value.processed)} records/s</span>}
    </p>
  );
};

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** The reasons why something is not shown. */
const Notices = (): ComponentChildren => {
  const missing = report.value?.missing ?? [];
  if (problem.value === undefined && missing.length === 0) return null;
  return (
    <div class="notices" role="alert">
      {problem.value !== undefined && <p class="trouble">{problem.value.message}</p>}
      {missing.map(({ endpoint, instance, reason }) => (
        <p key={instance} class="trouble">
          No report of process <b>{endpoint ?? instance}</b>: {reason}
        </p>
      ))}
    </div>
  );
};

const TokenForm = () => (
  <main class="gate">
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void enter(String(new FormData(event.currentTarget).get('token')));
      }}
    >
      <h1>Inspector</h1>
      <p>The address of the inspector has the token; it can be entered here as well.</p>
      <label>
        Token <input name="token" type="password" required autocomplete="off" />
      </label>
      <button type="submit" class="strong">
        Open
      </button>
    </form>
  </main>
);
