/** Entry of the code blocks of the documentation: runs a block and shows its results below it. */
import { TableHead } from '@kstreams/ui/table-head';
import { render } from 'preact';
import { fromHash } from '../model/link.js';
import { keyText, valueText } from '../panels/format.js';
import { type BlockResults, BlockRun } from './block-run.js';

/** The number of outputs, lines or rows that are shown; the playground shows all. */
const most = 10;

const runs = new WeakMap<Element, Promise<BlockRun | undefined>>();

/**
 * Runs the block whose link to the playground has this hash, and shows the results in `place`. Another call for the same
 * place runs the block again.
 */
export const runBlock = async (hash: string, place: Element): Promise<void> => {
  const opened = runs.get(place) ?? open(hash, place);
  runs.set(place, opened);
  (await opened)?.start();
};

const open = async (hash: string, place: Element): Promise<BlockRun | undefined> => {
  const shared = await fromHash(hash);
  if (shared === undefined) return undefined;
  const run = new BlockRun(shared.code);
  render(<Shown of={run.results} />, place);
  return run;
};

const Shown = ({ of: { value: results } }: { readonly of: { readonly value: BlockResults } }) => (
  <>
    <p role="status" data-state={results.state}>
      {summary(results)}
    </p>
    {results.trouble !== undefined && <pre class="failed">{results.trouble}</pre>}
    {results.lines.length > 0 && (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached with the keyboard
      <pre class="printed" tabIndex={0}>
        {results.lines
          .slice(-most)
          .map(({ text }) => text)
          .join('\n')}
      </pre>
    )}
    {results.outputs.length > 0 ? (
      <Rows
        label="Outputs"
        first="topic"
        rows={results.outputs.map(({ topic, key, value }) => [topic, keyText(key), valueText(value)])}
      />
    ) : (
      results.rows.length > 0 && (
        <Rows
          label="Rows of the stores"
          first="store"
          rows={results.rows.map(({ store, key, value }) => [store, keyText(key), valueText(value)])}
        />
      )
    )}
  </>
);

interface RowsProps {
  readonly label: string;
  readonly first: string;
  readonly rows: readonly (readonly string[])[];
}

/** The last rows of a table. */
const Rows = ({ label, first, rows }: RowsProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls is reached with the keyboard
  <table aria-label={label} tabIndex={0}>
    <TableHead columns={[first, 'key', 'value']} />
    <tbody>
      {rows.slice(-most).map((cells, at) => (
        <tr key={`${at}`}>
          {cells.map((cell, column) => (
            <td key={`${column}`}>{cell}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

const counted = (count: number, one: string): string => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

const summary = ({ lines, outputs, records, rows, state }: BlockResults): string => {
  if (state === 'running') return 'Running …';
  const shown = Math.max(lines.length, outputs.length > 0 ? outputs.length : rows.length);
  const last = shown > most ? ` The last ${most} are shown.` : '';
  return `${counted(records, 'record')} in, ${counted(outputs.length, 'record')} out.${last}`;
};
