import type { DescribedTopology } from '@kstreams/core/graph';
import { duration, TableHead } from '@kstreams/ui';
import { sumsBy } from '../model/metrics.js';
import { processes } from '../model/session.js';

/** The async steps with their calls. */
export const CallsPanel = ({ topology }: { topology: DescribedTopology }) => {
  const steps = callingSteps(topology);
  const inFlight = sumsBy(processes.value, 'kstreams.calls.in_flight', 'kstreams.node');
  const retried = sumsBy(processes.value, 'kstreams.calls.retried', 'kstreams.node');
  const failed = sumsBy(processes.value, 'kstreams.errors', 'kstreams.node');
  if (steps.length === 0) return <p class="nothing">The topology has no async step.</p>;
  return (
    <section class="card" aria-label="Async calls">
      <h2>Async calls</h2>
      <div class="scroll">
        <table aria-label="Async steps">
          <TableHead
            columns={[
              'step',
              { number: 'in flight' },
              { number: 'at most' },
              { number: 'retried' },
              { number: 'failed' },
              'order',
              { number: 'timeout' },
              { number: 'attempts' },
            ]}
          />
          <tbody>
            {steps.map(({ calls, id }) => (
              <tr key={id}>
                <th scope="row">{id}</th>
                <td class="number">
                  {(inFlight.get(id) ?? 0).toLocaleString('en')}{' '}
                  <meter
                    aria-label={`Calls of ${id} in flight`}
                    min={0}
                    max={calls.concurrency * processes.value.length}
                    value={inFlight.get(id) ?? 0}
                  />
                </td>
                <td class="number">{calls.concurrency.toLocaleString('en')}</td>
                <td class="number">{(retried.get(id) ?? 0).toLocaleString('en')}</td>
                <td class="number">{(failed.get(id) ?? 0).toLocaleString('en')}</td>
                <td>{String(calls.order)}</td>
                <td class="number">{calls.timeout === undefined ? 'none' : duration(calls.timeout / 1_000)}</td>
                <td class="number">{calls.attempts}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="about">“at most” is the concurrency per process; “retried” counts records since the start.</p>
    </section>
  );
};

/** Returns the async steps of a topology. */
export const callingSteps = ({ subtopologies }: DescribedTopology) =>
  subtopologies.flatMap(({ nodes }) =>
    nodes.flatMap((node) =>
      node.kind === 'processor' && node.calls !== undefined ? [{ id: node.id, calls: node.calls }] : [],
    ),
  );
