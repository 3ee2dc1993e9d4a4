/**
 * The drawing of a topology: its layout, and the text of an SVG file.
 *
 * @module @kstreams/drawing
 */

export {
  type Arrow,
  type Box,
  type Drawing,
  draw,
  type Frame,
  type Gaps,
  type Rectangle,
  readersAsWriters,
  storeBox,
} from './layout.js';
export { svgOf } from './svg.js';
