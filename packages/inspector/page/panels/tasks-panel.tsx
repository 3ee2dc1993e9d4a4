import { compact, duration, TableHead } from '@kstreams/ui';
import type { MetricBody, ProcessBody } from '../../src/protocol.js';
import { processes } from '../model/session.js';

/** The processes of the application with their tasks. */
export const TasksPanel = () => (
  <div class="column">
    {processes.value.map((process) => (
      <Process key={process.instance} process={process} />
    ))}
  </div>
);

const Process = ({ process }: { process: ProcessBody }) => {
  const { endpoint, instance, live, metrics, opening, ready, state, tasks } = process;
  return (
    <section class="card" aria-label={`Process ${endpoint ?? instance}`}>
      <header>
        <h2>{endpoint ?? 'This process'}</h2>
        <span class="about">{instance}</span>
        <span class={`state ${state === 'running' ? 'good' : 'bad'}`}>{state}</span>
        {!live && <span class="state bad">not live</span>}
        {!ready && <span class="state bad">not ready</span>}
      </header>
      {opening.length > 0 && <p class="about">Restoring: {opening.join(', ')}</p>}
      <div class="scroll">
        <table aria-label="Tasks">
          <TableHead columns={['task', 'worker', 'partitions', 'stores', { number: 'lag' }]} />
          <tbody>
            {tasks.map(({ id, lags, partition, stores, topics, worker }) => {
              const lag = lags.reduce((sum, one) => sum + one.lag, 0);
              return (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td>{worker}</td>
                  <td>{topics.map((topic) => `${topic}-${partition}`).join(', ')}</td>
                  <td>{stores.join(', ')}</td>
                  <td class={`number${lag > 0 ? ' warns' : ''}`}>{lags.length === 0 ? '–' : compact(lag)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {tasks.length === 0 && <p class="nothing">No tasks.</p>}
      <details>
        <summary>{metrics.length} metrics</summary>
        <Metrics metrics={metrics} />
      </details>
    </section>
  );
};

const Metrics = ({ metrics }: { metrics: readonly MetricBody[] }) => (
  <div class="scroll">
    <table aria-label="Metrics">
      <TableHead columns={['metric', 'attributes', { number: 'value' }]} />
      <tbody>
        {metrics.map((metric) => {
          const attributes = Object.entries(metric.attributes).map(
            ([name, value]) => `${name.split('.').at(-1)} ${value}`,
          );
          return (
            <tr key={`${metric.name} ${attributes.join(' ')}`}>
              <th scope="row">{metric.name}</th>
              <td>{attributes.join(', ')}</td>
              <td class="number">{valueText(metric)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </div>
);

const valueText = ({ unit, value }: MetricBody): string => {
  if (typeof value === 'number') return unit === 's' ? duration(value) : compact(value);
  if (value.count === 0) return 'none';
  const mean = value.sum / value.count;
  return `${compact(value.count)} × ${unit === 's' ? duration(mean) : compact(mean)}`;
};
