/** Parts of pages: a topology, a store, a record, a chart. None of them needs a server. */
export { LineChart, type LineChartOptions } from './charts/line-chart.js';
export { bytes, compact, duration, instant, keyText, timeOfDay } from './format.js';
export { RecordTable, type TableRecord } from './records/record-table.js';
export { type RecordJson, RecordView } from './records/record-view.js';
export { lineOf, pretty, textOf } from './records/typed-text.js';
export { keyOf } from './stores/key-input.js';
export type {
  ChangeJson,
  PageJson,
  RowJson,
  RowsQuery,
  StoreDescription,
  StoreSource,
} from './stores/store-source.js';
export { StoreView } from './stores/store-view.js';
export { type Heading, TableHead } from './table/table-head.js';
export { TopologyDrawing, type TopologyDrawingOptions } from './topology/drawing.js';
export type { ArrowText, BoxState } from './topology/shapes.js';
