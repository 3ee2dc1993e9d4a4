import { computed, signal } from '@preact/signals';
import { at, current, lines, stale, topology } from '../model/run.js';
import { cursor, editor } from '../model/snippet.js';
import { keyText, valueText } from '../panels/format.js';
import { type Arrow, type Box, draw } from './layout.js';

const drawing = computed(() => (topology.value === undefined ? undefined : draw(topology.value)));

/** The box under the pointer or with keyboard focus. */
export const pointed = signal<string | undefined>(undefined);

/** Records on each arrow in the current step: their number and the last of them. */
const flowing = computed(() => {
  const flows = new Map<string, { count: number; text: string }>();
  for (const { from, to, record } of current.value?.flows ?? []) {
    const id = `${from} ${to}`;
    const text = `${keyText(record.key)}: ${valueText(record.value)}`;
    flows.set(id, { count: (flows.get(id)?.count ?? 0) + 1, text });
  }
  return flows;
});

const touched = computed(
  () =>
    new Set([...(current.value?.writes ?? []), ...(current.value?.reads ?? [])].map(({ store }) => `store ${store}`)),
);

/** Smallest scale of the drawing; below it, the drawing scrolls. */
const smallest = 0.7;

const short = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** The drawing of the topology. Highlights the records of the current step and the nodes of the cursor's line. */
export const TopologyDrawing = () => {
  const drawn = drawing.value;
  if (drawn === undefined) return <p class="nothing">No topology yet.</p>;
  const here = new Set(Object.entries(lines.value).flatMap(([id, line]) => (line === cursor.value ? [id] : [])));
  return (
    <div class={`drawing${stale.value ? ' stale' : ''}`} data-step={at.value}>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing, whose parts can be pointed at */}
      <svg
        viewBox={`0 0 ${drawn.width} ${drawn.height}`}
        style={{
          maxWidth: `${drawn.width * 1.15}px`,
          minWidth: `${drawn.width * smallest}px`,
          minHeight: `${drawn.height * smallest}px`,
        }}
        role="group"
        aria-label="The topology"
      >
        <defs>
          <marker
            id="tip"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 0L8 4L0 8z" fill="context-stroke" />
          </marker>
        </defs>
        {drawn.frames.map(({ id, x, y, width, height }) => (
          <g class="frame" key={id}>
            <rect x={x - width / 2 - 4} y={y - height / 2 - 4} width={width + 8} height={height + 8} rx="12" />
            {drawn.frames.length > 1 && (
              <text x={x - width / 2 + 6} y={y - height / 2 + 10}>
                sub-topology {id}
              </text>
            )}
          </g>
        ))}
        {drawn.arrows.map((arrow) => (
          <ArrowLine key={`${arrow.node} ${arrow.to} ${arrow.kind}`} arrow={arrow} />
        ))}
        {drawn.boxes.map((box) => (
          <BoxShape key={box.id} box={box} here={here.has(box.id)} />
        ))}
      </svg>
    </div>
  );
};

const ArrowLine = ({ arrow: { node, to, kind, points } }: { arrow: Arrow }) => {
  const flow = flowing.value.get(`${node} ${to}`);
  const active = flow !== undefined || (kind === 'store' && touched.value.has(to));
  const path = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const middle = points[Math.floor(points.length / 2)];
  return (
    <g class={`arrow ${kind}${active ? ' active' : ''}`} data-from={node} data-to={to}>
      <path d={path} marker-end={kind === 'store' ? undefined : 'url(#tip)'} />
      {flow !== undefined && middle !== undefined && (
        <g class="flow">
          <title>{flow.text}</title>
          <text x={middle.x + 6} y={middle.y + 4}>
            {flow.count > 1 ? `${flow.count} × ` : ''}
            {short(flow.text, 26)}
          </text>
        </g>
      )}
    </g>
  );
};

const BoxShape = ({ box, here }: { box: Box; here: boolean }) => {
  const { id, kind, label, note, x, y, width, height } = box;
  const left = x - width / 2;
  const top = y - height / 2;
  const point = (): void => {
    pointed.value = id;
    const line = lines.value[id];
    editor.value?.mark(line === undefined ? [] : [line], true);
  };
  const leave = (): void => {
    pointed.value = undefined;
    editor.value?.mark([], false);
  };
  const active = touched.value.has(id) || (current.value?.flows ?? []).some(({ from, to }) => from === id || to === id);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a shape of a drawing
    <g
      class={`box ${kind}${here ? ' here' : ''}${active ? ' active' : ''}`}
      data-node={id}
      tabIndex={0}
      role="button"
      aria-label={`${note} ${label}`}
      onMouseEnter={point}
      onMouseLeave={leave}
      onFocus={point}
      onBlur={leave}
    >
      <title>{id}</title>
      {kind === 'store' ? (
        <path
          d={`M${left} ${top + 6}a${width / 2} 6 0 0 1 ${width} 0v${height - 12}a${width / 2} 6 0 0 1 -${width} 0zm0 0a${width / 2} 6 0 0 0 ${width} 0`}
        />
      ) : (
        <rect x={left} y={top} width={width} height={height} rx={kind === 'processor' ? 8 : height / 2} />
      )}
      <text x={x} y={note === '' ? y + 4 : y + (kind === 'store' ? 5 : -2)} class="label">
        {short(label, 28)}
      </text>
      {note !== '' && (
        <text x={x} y={y + (kind === 'store' ? 17 : 13)} class="note">
          {short(note, 34)}
        </text>
      )}
    </g>
  );
};
