import { computed, signal } from '@preact/signals';
import { addBreakpoint, type Breakpoint, breakpoints, removeBreakpoint } from '../model/breakpoints.js';
import { topology } from '../model/run.js';
import { selectedNode } from '../model/view.js';

/** The ids of all nodes and global tables. */
const nodes = computed(() => {
  const { globalTables = [], subtopologies = [] } = topology.value ?? {};
  return [...subtopologies.flatMap((one) => one.nodes.map(({ id }) => id)), ...globalTables.map(({ id }) => id)];
});

const anyNode = '';
const node = signal<string | undefined>(undefined);
const key = signal('');

/** The chosen node; the selected one of the drawing unless chosen. */
const chosenNode = computed(() => {
  const chosen = node.value ?? selectedNode.value ?? anyNode;
  return nodes.value.includes(chosen) ? chosen : anyNode;
});

const add = (): void => {
  if (chosenNode.value === anyNode && key.value === '') return;
  addBreakpoint({
    ...(chosenNode.value === anyNode ? {} : { node: chosenNode.value }),
    ...(key.value === '' ? {} : { key: key.value }),
  });
  node.value = undefined;
  key.value = '';
};

const textOf = ({ key, node }: Breakpoint): string =>
  [...(key === undefined ? [] : [`key ${key}`]), ...(node === undefined ? [] : [`at ${node}`])].join(' ');

/** The breakpoints, in a panel that a button opens. */
export const Breakpoints = () => (
  <>
    <button type="button" class="breaks" popovertarget="breakpoints">
      <i class="break-mark" aria-hidden="true" /> {breakpoints.value.length > 0 && breakpoints.value.length}
      <span class="hidden"> Breakpoints</span>
    </button>
    <section id="breakpoints" popover="auto" aria-label="Breakpoints">
      <h2>Breakpoints</h2>
      <p>Playing stops at a step in which a record reaches the node, or has the key.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <label>
          Node{' '}
          <select value={chosenNode.value} onChange={({ currentTarget }) => (node.value = currentTarget.value)}>
            <option value={anyNode}>any</option>
            {nodes.value.map((id) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        <label>
          Key{' '}
          <input
            value={key.value}
            placeholder="any"
            onInput={({ currentTarget }) => (key.value = currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={chosenNode.value === anyNode && key.value === ''}>
          Add
        </button>
      </form>
      <ul>
        {breakpoints.value.map((one) => (
          <li key={textOf(one)}>
            {textOf(one)}{' '}
            <button type="button" aria-label={`Remove ${textOf(one)}`} onClick={() => removeBreakpoint(one)}>
              ×
            </button>
          </li>
        ))}
      </ul>
    </section>
  </>
);
