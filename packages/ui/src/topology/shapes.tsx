import type { Arrow, Box, Frame } from '@kstreams/drawing';

/** A text on an arrow. */
export interface ArrowText {
  /** Short, such as `1.2k/s`. */
  readonly text: string;
  /** The whole text, where `text` is cut. */
  readonly title?: string | undefined;
  /** True for an arrow with records in this moment. */
  readonly active: boolean;
  /** True for an arrow that needs attention. */
  readonly warns?: boolean;
}

const short = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** The frame of a sub-topology. */
export const FrameShape = ({ frame, only, text }: { frame: Frame; only: boolean; text: string }) => {
  const { height, id, width, x, y } = frame;
  return (
    <g class="frame">
      <rect x={x - width / 2 - 4} y={y - height / 2 - 4} width={width + 8} height={height + 8} rx="12" />
      <text x={x - width / 2 + 6} y={y - height / 2 + 10}>
        {[only ? '' : `sub-topology ${id}`, text].filter((one) => one !== '').join(' · ')}
      </text>
    </g>
  );
};

/** Options of {@link ArrowLine}. */
export interface ArrowOptions {
  readonly arrow: Arrow;
  readonly text: ArrowText | undefined;
  readonly texts: boolean;
  readonly selected: boolean;
  readonly onSelect: ((id: string) => void) | undefined;
}

/** The line of an arrow with its text. It can be selected where `onSelect` is given. */
export const ArrowLine = ({ arrow, onSelect, selected, text, texts }: ArrowOptions) => {
  const { id, kind, node, points, to } = arrow;
  const path = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const { x, y } = middleOf(arrow);
  const state = `${text?.active === true ? ' active' : ''}${text?.warns === true ? ' warns' : ''}${selected ? ' selected' : ''}`;
  const shape = (
    <>
      <path class="line" d={path} marker-end={kind === 'store' ? undefined : 'url(#tip)'} />
      {text?.title !== undefined && <title>{text.title}</title>}
      {text !== undefined && text.text !== '' && texts && (
        <text x={x + 6} y={y + 4}>
          {text.text}
        </text>
      )}
    </>
  );
  if (onSelect === undefined)
    return (
      <g class={`arrow ${kind}${state}`} data-from={node} data-to={to}>
        {shape}
      </g>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line of a drawing
    <g
      class={`arrow ${kind}${state}`}
      data-from={node}
      data-to={to}
      tabindex={0}
      role="button"
      aria-label={`from ${node} to ${to}${text === undefined ? '' : `: ${text.text}`}`}
      aria-pressed={selected}
      onClick={() => onSelect(id)}
      onKeyDown={pressing(() => onSelect(id))}
    >
      <path class="target" d={path} />
      {shape}
    </g>
  );
};

/** A state of a box: at work in this moment, at the cursor, with a breakpoint, or the node of a failure. */
export type BoxState = 'active' | 'here' | 'stops' | 'failed';

/** Options of {@link BoxShape}. */
export interface BoxOptions {
  readonly box: Box;
  readonly states: readonly BoxState[];
  readonly selected: boolean;
  readonly onSelect: ((id: string) => void) | undefined;
  readonly onFocus: (box: Box) => void;
  readonly onPoint: ((id: string | undefined) => void) | undefined;
}

/** The shape of a box. */
export const BoxShape = ({ box, onFocus, onPoint, onSelect, selected, states }: BoxOptions) => {
  const { height, id, kind, label, note, width, x, y } = box;
  const [left, top] = [x - width / 2, y - height / 2];
  const select = (): void => onSelect?.(id);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a shape of a drawing
    <g
      class={['box', kind, ...states, ...(selected ? ['selected'] : [])].join(' ')}
      data-node={id}
      tabindex={0}
      role="button"
      aria-label={[label, note, states.includes('failed') ? 'failed' : '', states.includes('stops') ? 'breakpoint' : '']
        .filter((one) => one !== '')
        .join(' ')}
      aria-pressed={selected}
      onClick={select}
      onFocus={() => {
        onFocus(box);
        onPoint?.(id);
      }}
      onBlur={() => onPoint?.(undefined)}
      onMouseEnter={() => onPoint?.(id)}
      onMouseLeave={() => onPoint?.(undefined)}
      onKeyDown={pressing(select)}
    >
      <title>{id}</title>
      {kind === 'store' ? (
        <path
          d={`M${left} ${top + 6}a${width / 2} 6 0 0 1 ${width} 0v${height - 12}a${width / 2} 6 0 0 1 -${width} 0zm0 0a${width / 2} 6 0 0 0 ${width} 0`}
        />
      ) : (
        <rect x={left} y={top} width={width} height={height} rx={kind === 'processor' ? 8 : height / 2} />
      )}
      {states.includes('stops') && <circle class="stop" cx={left} cy={top} r="5" />}
      <text>
        <tspan x={x} y={note === '' ? y + 4 : y + (kind === 'store' ? 5 : -2)} class="label">
          {short(label, 28)}
        </tspan>
        {note !== '' && ' '}
        {note !== '' && (
          <tspan x={x} y={y + (kind === 'store' ? 17 : 13)} class="note">
            {short(note, 34)}
          </tspan>
        )}
      </text>
    </g>
  );
};

/** Returns a handler of keys that acts as a button does. */
const pressing =
  (act: () => void) =>
  (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    act();
  };

/** Returns the middle of an arrow. */
export const middleOf = ({ points }: Arrow): { readonly x: number; readonly y: number } => {
  const at = Math.floor((points.length - 1) / 2);
  const [from, to] = [points[at] ?? { x: 0, y: 0 }, points[at + 1] ?? points[at] ?? { x: 0, y: 0 }];
  return points.length % 2 === 1 ? from : { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
};
