import type { DescribedTopology } from '@kstreams/core/graph';
import { pretty, TableHead } from '@kstreams/ui';
import type { Gathered, ProcessConfiguration } from '../../src/protocol.js';
import { usePolled } from '../model/use-polled.js';

/** The options of the processes, without secrets, and the internal topics. */
export const ConfigurationPanel = ({ topology }: { topology: DescribedTopology }) => {
  const { body, error } = usePolled<Gathered<ProcessConfiguration>>('api/configuration');
  if (error !== undefined) return <p class="trouble">{error}</p>;
  return (
    <div class="column">
      {body?.processes.map(({ endpoint, instance, options }) => (
        <section key={instance} class="card" aria-label={`Options of ${endpoint ?? instance}`}>
          <h2>Options of {endpoint ?? 'this process'}</h2>
          <dl class="facts">
            {Object.entries(options as object).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <pre>{pretty(value)}</pre>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section class="card" aria-label="Internal topics">
        <h2>Internal topics</h2>
        <div class="scroll">
          <table aria-label="Internal topics">
            <TableHead columns={['topic', 'kind', 'partitions', 'settings']} />
            <tbody>
              {topology.internalTopics.map(({ config, kind, name, partitions }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{kind}</td>
                  <td>{partitions ?? 'as upstream'}</td>
                  <td>
                    {Object.entries(config)
                      .map(([setting, value]) => `${setting}=${value}`)
                      .join(' ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
};
