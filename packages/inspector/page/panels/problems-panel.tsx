import { compact, duration, TableHead } from '@kstreams/ui';
import { histogramsBy, sumsBy } from '../model/metrics.js';
import { quantile } from '../model/rates.js';
import { application, processes, rates } from '../model/session.js';
import { DeadLettersCard } from './dead-letters-card.js';

/** Texts of the reasons of drops. */
const reasons: Readonly<Record<string, string>> = {
  'null-key': 'the key is null, and this step needs one',
  'null-value': 'the value is null, and this step needs one',
  late: 'it came after its window had closed',
  expired: 'it is older than the rows that the store keeps',
  'no-window': 'it belongs to no window',
  'window-expired': 'its window closed and expired in one step',
  'out-of-order': 'a newer version of the row is there',
  'null-foreign-key': 'it names no row of the other table',
  'null-repartition-key': 'its new key is null, so it has no partition',
  'stale-response': 'its row changed before the response came',
  'negative-timestamp': 'its timestamp is before 1970',
  'skipped-by-policy': 'it failed, and the error policy skips it or sends a dead letter',
};

/** Dropped, late and failed records. */
export const ProblemsPanel = () => (
  <div class="column">
    <Drops />
    <Failures />
    {application.value?.records !== false && <DeadLettersCard />}
  </div>
);

const Drops = () => {
  const drops = new Map<string, { readonly node: string; readonly reason: string; readonly count: number }>();
  for (const process of processes.value)
    for (const { count, node, reason } of process.drops) {
      const id = `${node} ${reason}`;
      drops.set(id, { node, reason, count: count + (drops.get(id)?.count ?? 0) });
    }
  const lateness = histogramsBy(processes.value, 'kstreams.record.lateness', 'kstreams.node');
  return (
    <section class="card" aria-label="Dropped records">
      <h2>Dropped records</h2>
      {drops.size === 0 ? (
        <p class="nothing">None since the start.</p>
      ) : (
        <div class="scroll">
          <table aria-label="Dropped records by node and reason">
            <TableHead
              columns={[
                'node',
                'reason',
                { number: 'records' },
                { number: 'per second' },
                { number: 'late by (p50, p99)' },
              ]}
            />
            <tbody>
              {[...drops].map(([id, { count, node, reason }]) => {
                const late = reason === 'late' ? lateness.get(node) : undefined;
                return (
                  <tr key={id}>
                    <th scope="row">{node}</th>
                    <td>
                      <b>{reason}</b> <span class="about">{reasons[reason] ?? ''}</span>
                    </td>
                    <td class="number">{count.toLocaleString('en')}</td>
                    <td class="number">{compact(rates.value?.drops.get(id) ?? 0)}</td>
                    <td class="number">
                      {late === undefined || late.count === 0
                        ? ''
                        : `${duration(quantile(late, 0.5))}, ${duration(quantile(late, 0.99))}`}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

const Failures = () => {
  const failures = processes.value.flatMap(({ endpoint, instance, metrics }) =>
    metrics.flatMap(({ attributes, name, value }) =>
      name === 'kstreams.errors' && typeof value === 'number'
        ? [{ attributes, value, process: endpoint ?? instance }]
        : [],
    ),
  );
  const letters = sumsBy(processes.value, 'kstreams.records.dead_lettered', 'messaging.destination.name');
  const removed = sumsBy(processes.value, 'kstreams.records.removed', 'messaging.destination.name');
  return (
    <section class="card" aria-label="Failures">
      <h2>Failures</h2>
      {failures.length === 0 && <p class="nothing">None since the start.</p>}
      {failures.length > 0 && (
        <div class="scroll">
          <table aria-label="Failures by node and decision">
            <TableHead columns={['node', 'kind', 'decision', 'process', { number: 'failures' }]} />
            <tbody>
              {failures.map(({ attributes, process, value }) => (
                <tr key={`${process} ${Object.values(attributes).join(' ')}`}>
                  <th scope="row">{attributes['kstreams.node']}</th>
                  <td>{attributes['kstreams.error.kind']}</td>
                  <td>{attributes['kstreams.error.decision']}</td>
                  <td>{process}</td>
                  <td class="number">{value.toLocaleString('en')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {[...letters].map(([topic, count]) => (
        <p key={topic} class="about">
          {count.toLocaleString('en')} dead letters to {topic} since the start
        </p>
      ))}
      {[...removed].map(([topic, count]) => (
        <p key={topic} class="trouble">
          The log deleted {count.toLocaleString('en')} records of {topic} before they were read.
        </p>
      ))}
    </section>
  );
};
