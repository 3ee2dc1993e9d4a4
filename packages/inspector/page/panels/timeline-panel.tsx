import { TableHead, timeOfDay } from '@kstreams/ui';
import type { Gathered, ProcessTimeline } from '../../src/protocol.js';
import { lanesOf } from '../model/lanes.js';
import { usePolled } from '../model/use-polled.js';

/** The time that is drawn, in ms. */
const span = 10 * 60_000;

/** Rebalances, restores, commits and failures of all processes. */
export const TimelinePanel = () => {
  const { body, error } = usePolled<Gathered<ProcessTimeline>>('api/timeline', 2_000);
  if (error !== undefined) return <p class="trouble">{error}</p>;
  if (body === undefined) return <p class="nothing">Loading…</p>;
  const several = body.processes.length > 1;
  const events = body.processes
    .flatMap(({ endpoint, events, instance }) => events.map((event) => ({ ...event, process: endpoint ?? instance })))
    .sort((a, b) => b.at - a.at || b.number - a.number);
  return (
    <div class="column">
      <section class="card" aria-label="Time line">
        <h2>The last 10 minutes</h2>
        {body.processes.map((process) => (
          <LanesOf key={process.instance} process={process} titled={several} />
        ))}
        <p class="about legend">
          <span class="mark">rebalances, states</span> <span class="mark severe">failures, losses</span>{' '}
          <span class="bar-mark">restores</span> <span class="commit-mark">commits per second</span>
        </p>
      </section>
      <section class="card" aria-label="Events">
        <h2>Events</h2>
        <div class="scroll">
          <table aria-label="Events">
            <TableHead columns={['time', 'event', several && 'process', 'about']} />
            <tbody>
              {events.slice(0, 200).map(({ at, kind, number, process, severe, text }) => (
                <tr key={`${process} ${number}`} class={severe ? 'severe' : ''}>
                  <td class="when">{timeOfDay(at)}</td>
                  <th scope="row">{kind}</th>
                  {several && <td>{process}</td>}
                  <td>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
};

const [width, height] = [1_000, 92];

const LanesOf = ({ process, titled }: { process: ProcessTimeline; titled: boolean }) => {
  const { commits, marks, restores } = lanesOf(process, span);
  const most = Math.max(1, ...commits.map(({ count }) => count));
  const x = (at: number): number => ((at - process.now + span) / span) * width;
  const severe = marks.filter((one) => one.severe).length;
  const label = `${marks.length} events, ${severe} of them severe; ${restores.length} restores; ${commits.reduce((sum, one) => sum + one.count, 0)} commits`;
  return (
    <figure class="lanes">
      {titled && <figcaption>{process.endpoint ?? process.instance}</figcaption>}
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {[0, 1, 2, 3, 4, 5].map((part) => (
          <line key={part} class="grid" x1={(part * width) / 5} x2={(part * width) / 5} y1="0" y2={height} />
        ))}
        {marks.map(({ at, kind, severe }, n) => (
          <rect key={`${n}`} class={severe ? 'mark severe' : 'mark'} x={x(at) - 1.5} y="4" width="3" height="22">
            <title>{`${timeOfDay(at)} ${kind}`}</title>
          </rect>
        ))}
        {restores.map(({ from, name, to }, n) => (
          <rect
            key={`${n}`}
            class="restore"
            x={x(from)}
            y={32 + (n % 3) * 6}
            width={Math.max(2, x(to) - x(from))}
            height="5"
          >
            <title>{`restore of ${name}`}</title>
          </rect>
        ))}
        {commits.map(({ at, count }) => (
          <rect
            key={at}
            class="commit"
            x={x(at)}
            y={height - 2 - (count / most) * 34}
            width={Math.max(1, (width / span) * 900)}
            height={(count / most) * 34}
          />
        ))}
      </svg>
      <div class="scale" aria-hidden="true">
        {[0, 1, 2, 3, 4, 5].map((part) => (
          <span key={part}>{timeOfDay(process.now - span + (part * span) / 5)}</span>
        ))}
      </div>
    </figure>
  );
};
