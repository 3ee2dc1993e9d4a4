import type { Arrow, Box, Drawing, Frame } from './layout.js';

const style = `text { font: 12.5px system-ui, sans-serif; fill: #1d2433; text-anchor: middle }
.note { font-size: 10px; fill: #59637a }
.page { fill: #f3f5f9 }
.frame rect { fill: none; stroke: #c3cad8; stroke-dasharray: 4 4 }
.frame text { font-size: 10.5px; fill: #59637a; text-anchor: start }
.box > rect, .box > path { fill: #fff; stroke: #c3cad8; stroke-width: 1.3 }
.source > rect, .global > rect { fill: #e8eefc }
.sink > rect { fill: #fdf0e1 }
.between > rect { stroke-dasharray: 5 3 }
.arrow { fill: none; stroke: #6f7890; stroke-width: 1.3 }
.lookup { stroke-dasharray: 5 4 }
.store-arrow { stroke-dasharray: 2 3 }
.tip { fill: #6f7890 }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e9f2 }
  .note, .frame text { fill: #a3aec2 }
  .page { fill: #0f131b }
  .frame rect { stroke: #3a465c }
  .box > rect, .box > path { fill: #202735; stroke: #3a465c }
  .source > rect, .global > rect { fill: #22304f }
  .sink > rect { fill: #3a2c1d }
  .arrow { stroke: #8793aa }
  .tip { fill: #8793aa }
}`;

/**
 * Returns a drawing as the text of an SVG file, in light and dark colors.
 *
 * @example
 * console.log(svgOf(draw(shop.describe().toJSON()), 'shop'))
 */
export const svgOf = ({ arrows, boxes, frames, height, width }: Drawing, title: string): string => {
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size}>
<title>${escaped(title)}</title>
<style>
${style}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>
<rect class="page" width="100%" height="100%"/>
${[...frames.map((one) => frameText(one, frames.length === 1)), ...arrows.map(arrowText), ...boxes.map(boxText)].join('\n')}
</svg>
`;
};

const frameText = ({ height, id, width, x, y }: Frame, only: boolean): string => {
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  const name = only ? '' : `<text x="${left + 10}" y="${top + 14}">sub-topology ${id}</text>`;
  return `<g class="frame"><rect x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="12"/>${name}</g>`;
};

const arrowText = ({ kind, points }: Arrow): string => {
  const path = points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  return kind === 'store'
    ? `<path class="arrow store-arrow" d="${path}"/>`
    : `<path class="arrow ${kind}" d="${path}" marker-end="url(#tip)"/>`;
};

const boxText = ({ height, id, kind, label, note, width, x, y }: Box): string => {
  const [left, top, wide, high] = [x - width / 2, y - height / 2, width, height].map(round) as Numbers;
  const half = round(width / 2);
  const shape =
    kind === 'store'
      ? `<path d="M${left} ${top + 6}a${half} 6 0 0 1 ${wide} 0v${high - 12}a${half} 6 0 0 1 -${wide} 0zm0 0a${half} 6 0 0 0 ${wide} 0"/>`
      : `<rect x="${left}" y="${top}" width="${wide}" height="${high}" rx="${kind === 'processor' ? 8 : round(height / 2)}"/>`;
  const text = (text: string, length: number, line: number, name: string): string =>
    `<text${name} x="${round(x)}" y="${round(y + line)}">${escaped(shortened(text, length))}</text>`;
  const store = kind === 'store';
  const lines =
    note === ''
      ? text(label, 28, 4, '')
      : text(label, 28, store ? 5 : -2, '') + text(note, 34, store ? 17 : 13, ' class="note"');
  return `<g class="box ${kind}"><title>${escaped(id)}</title>${shape}${lines}</g>`;
};

type Numbers = [number, number, number, number];

const round = (value: number): number => Math.round(value * 10) / 10;

const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
