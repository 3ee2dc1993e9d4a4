import type { Rectangle } from '@kstreams/drawing';

/** The part of a drawing that is shown: a point `p` of it is at `x + scale * p`, in pixels. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** A width and a height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The smallest and the largest scale. */
const [smallestScale, largestScale] = [0.02, 3];

/** The smallest scale at which the names of boxes can be read. */
export const legibleScale = 0.72;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Returns the viewport that shows a whole drawing, not enlarged. */
export const fitted = (drawing: Size, room: Size): Viewport => {
  const scale = clamp(
    Math.min(room.width / Math.max(1, drawing.width), room.height / Math.max(1, drawing.height), 1.15),
    smallestScale,
    largestScale,
  );
  return {
    x: (room.width - drawing.width * scale) / 2,
    y: (room.height - drawing.height * scale) / 2,
    scale,
  };
};

/** Returns the first viewport of a drawing: the whole if its names can be read, else its top with names that can. */
export const begun = (drawing: Size, room: Size): Viewport => {
  const whole = fitted(drawing, room);
  if (whole.scale >= legibleScale) return whole;
  const x = Math.max(8, (room.width - drawing.width * legibleScale) / 2);
  return { x: drawing.width * legibleScale > room.width ? 8 : x, y: 8, scale: legibleScale };
};

/** Returns a viewport scaled by a factor around a point of the room. */
export const zoomed = ({ scale, x, y }: Viewport, factor: number, at: { x: number; y: number }): Viewport => {
  const next = clamp(scale * factor, smallestScale, largestScale);
  return { scale: next, x: at.x - ((at.x - x) / scale) * next, y: at.y - ((at.y - y) / scale) * next };
};

/** Returns a viewport moved by pixels; part of the drawing stays in the room. */
export const panned = (view: Viewport, by: { x: number; y: number }, drawing: Size, room: Size): Viewport => {
  const rest = 60;
  return {
    scale: view.scale,
    x: clamp(view.x + by.x, rest - drawing.width * view.scale, room.width - rest),
    y: clamp(view.y + by.y, rest - drawing.height * view.scale, room.height - rest),
  };
};

/** Returns the viewport that shows a box with a margin, legible, after the smallest move. */
export const revealed = (view: Viewport, box: Rectangle, room: Size): Viewport => {
  const scale = Math.max(view.scale, legibleScale);
  const start = (from: number, middle: number, size: number, whole: number): number => {
    const half = (size / 2) * scale + revealMargin;
    const at = from + middle * view.scale;
    return (half * 2 > whole ? whole / 2 : clamp(at, half, whole - half)) - middle * scale;
  };
  return { scale, x: start(view.x, box.x, box.width, room.width), y: start(view.y, box.y, box.height, room.height) };
};

/** The room around a box that is moved into sight, in pixels. */
const revealMargin = 24;

/** True when a box is in the room and its name can be read. */
export const isShown = ({ scale, x, y }: Viewport, box: Rectangle, room: Size): boolean =>
  scale >= legibleScale &&
  x + (box.x - box.width / 2) * scale >= 0 &&
  x + (box.x + box.width / 2) * scale <= room.width &&
  y + (box.y - box.height / 2) * scale >= 0 &&
  y + (box.y + box.height / 2) * scale <= room.height;
