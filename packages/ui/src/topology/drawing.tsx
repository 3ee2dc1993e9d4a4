import type { DescribedTopology } from '@kstreams/core/graph';
import { type Arrow, type Box, draw, type Gaps, type Rectangle } from '@kstreams/drawing';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ArrowLine, type ArrowText, BoxShape, type BoxState, FrameShape, middleOf } from './shapes.js';
import { useViewport, zoomStep } from './use-viewport.js';
import { fitted, isShown, legibleScale, revealed, zoomed } from './viewport.js';

export type { ArrowText, BoxState } from './shapes.js';

/** Options of {@link TopologyDrawing}. */
export interface TopologyDrawingOptions {
  readonly topology: DescribedTopology;
  /** The id of the selected box or arrow. */
  readonly selected?: string | undefined;
  /** Receives the id of a box or an arrow that was selected. */
  readonly onSelect?: (id: string) => void;
  /** Returns the text of an arrow; none unless given. */
  readonly arrowText?: (arrow: Arrow) => ArrowText | undefined;
  /** Returns a text beside the name of a sub-topology. */
  readonly frameText?: (subtopology: number) => string;
  /** Returns the states of a box; none unless given. */
  readonly boxStates?: (box: Box) => readonly BoxState[];
  /** Receives the id of the box under the pointer or with the focus; `undefined` when none is. */
  readonly onPoint?: (id: string | undefined) => void;
  /** The id of the box or arrow to keep in sight; the selected one unless given. */
  readonly followed?: string | undefined;
  /** True to keep it in sight from the beginning; true unless given. */
  readonly follows?: boolean;
  readonly gaps?: Gaps;
}

/** The drawing of a topology, with zoom, pan and a selection. */
export const TopologyDrawing = (options: TopologyDrawingOptions) => {
  const { arrowText, boxStates, follows = true, frameText, gaps, onPoint, onSelect, selected, topology } = options;
  const { followed = selected } = options;
  const drawing = useMemo(() => draw(topology, gaps), [topology, gaps]);
  const [following, setFollowing] = useState(follows);
  const { bindings, change, room, stage, view } = useViewport(drawing);
  const box = drawing.boxes.find(({ id }) => id === followed);
  const arrow = drawing.arrows.find(({ id }) => id === followed);
  const follow = (place: Rectangle): void => {
    if (following && room.width > 0) change((now) => (isShown(now, place, room) ? now : revealed(now, place, room)));
  };
  useEffect(() => {
    const place = box ?? (arrow && { width: 0, height: 0, ...middleOf(arrow) });
    if (place !== undefined) follow(place);
  }, [followed, following, drawing, room.width, room.height]);
  const middle = { x: room.width / 2, y: room.height / 2 };
  return (
    <div class="drawing">
      <div class="stage" ref={stage} tabindex={0} {...bindings}>
        {/* biome-ignore lint/a11y/useSemanticElements: a drawing, whose parts can be selected */}
        <svg role="group" aria-label="Topology: arrow keys move it, + and - zoom, 0 fits it">
          <defs>
            <marker
              id="tip"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" fill="context-stroke" />
            </marker>
          </defs>
          <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
            {drawing.frames.map((frame) => (
              <FrameShape
                key={frame.id}
                frame={frame}
                text={frameText?.(frame.id) ?? ''}
                only={drawing.frames.length === 1}
              />
            ))}
            {drawing.arrows.map((one) => (
              <ArrowLine
                key={one.id}
                arrow={one}
                text={arrowText?.(one)}
                selected={one.id === selected}
                texts={view.scale >= legibleScale * 0.7}
                onSelect={one.kind === 'flow' ? onSelect : undefined}
              />
            ))}
            {drawing.boxes.map((one) => (
              <BoxShape
                key={one.id}
                box={one}
                states={boxStates?.(one) ?? []}
                selected={one.id === selected}
                onSelect={onSelect}
                onFocus={follow}
                onPoint={onPoint}
              />
            ))}
          </g>
        </svg>
      </div>
      <div class="tools" role="toolbar" aria-label="Drawing">
        <button type="button" aria-label="Zoom in" onClick={() => change((now) => zoomed(now, zoomStep, middle))}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => change((now) => zoomed(now, 1 / zoomStep, middle))}>
          −
        </button>
        <button type="button" onClick={() => change(() => fitted(drawing, room))}>
          Fit
        </button>
        <button type="button" aria-pressed={following} onClick={() => setFollowing(!following)}>
          Follow
        </button>
        <FindBox boxes={drawing.boxes} onSelect={onSelect} />
      </div>
    </div>
  );
};

const FindBox = ({ boxes, onSelect }: { boxes: readonly Box[]; onSelect: TopologyDrawingOptions['onSelect'] }) => (
  <label class="find">
    <span class="hidden">Find a node</span>
    <input
      list="boxes"
      placeholder="Find…"
      onChange={({ currentTarget }) => {
        const found = boxes.find(({ id, label }) => id === currentTarget.value || label === currentTarget.value);
        if (found !== undefined) onSelect?.(found.id);
      }}
    />
    <datalist id="boxes">
      {boxes.map(({ id, label }) => (
        <option key={id} value={label} />
      ))}
    </datalist>
  </label>
);
