import { useEffect, useMemo, useState } from 'preact/hooks';
import { RecordTable, type TableRecord } from '../records/record-table.js';
import { instantOf, keyOf } from './key-input.js';
import { StoreModel } from './store-model.js';
import type { RowJson, StoreDescription, StoreSource } from './store-source.js';

/** Options of {@link StoreView}. */
export interface StoreViewOptions {
  readonly store: StoreDescription;
  readonly source: StoreSource;
}

type Mode = 'rows' | 'key' | 'windows' | 'live';

const titles: Readonly<Record<Mode, string>> = { rows: 'Rows', key: 'Key', windows: 'Windows', live: 'Live' };

/** One store: pages of rows, lookup of a key, windows of a key, and changes as they come. */
export const StoreView = ({ source, store }: StoreViewOptions) => {
  const model = useMemo(() => new StoreModel(store, source), [store.name, source]);
  const [mode, setMode] = useState<Mode>('rows');
  useEffect(() => {
    void model.select({});
    return () => model.stop();
  }, [model]);
  const show = (next: Mode): void => {
    setMode(next);
    if (next === 'live') void model.follow();
    else model.stop();
    if (next === 'rows') void model.select({});
    else model.rows.value = undefined;
  };
  const modes = (Object.keys(titles) as Mode[]).filter((one) => one !== 'windows' || store.windowed);
  return (
    <section class="store" aria-label={`Store ${store.name}`}>
      <header>
        <h2>{store.name}</h2>
        <span class="about">
          {store.kind} · {store.partitions} {store.partitions === 1 ? 'partition' : 'partitions'}
          {model.count.value !== undefined && ` · ${model.count.value.toLocaleString('en')} rows`}{' '}
          <button type="button" class="link" onClick={() => void model.recount()}>
            count
          </button>
        </span>
        <nav class="modes" aria-label={`Reads of ${store.name}`}>
          {modes.map((one) => (
            <button key={one} type="button" aria-pressed={one === mode} onClick={() => show(one)}>
              {titles[one]}
            </button>
          ))}
        </nav>
      </header>
      {mode === 'rows' && <RowsForm model={model} />}
      {mode === 'key' && <KeyForm model={model} />}
      {mode === 'windows' && <WindowsForm model={model} />}
      {model.error.value !== undefined && (
        <p class="trouble" role="alert">
          {model.error.value}
        </p>
      )}
      {mode === 'live' ? <Changes model={model} /> : <Rows model={model} />}
    </section>
  );
};

const RowsForm = ({ model }: { model: StoreModel }) => (
  <Form label="Rows" act={({ prefix, reverse }) => model.select({ reverse: reverse === 'on', ...prefixOf(prefix) })}>
    {!model.store.windowed && (
      <label>
        prefix <input name="prefix" autocomplete="off" spellcheck={false} />
      </label>
    )}
    <label class="check">
      <input name="reverse" type="checkbox" /> last first
    </label>
    <button type="submit">Read</button>
  </Form>
);

const prefixOf = (typed = ''): { prefix?: unknown } => (typed === '' ? {} : { prefix: keyOf(typed) });

const KeyForm = ({ model }: { model: StoreModel }) => {
  const find = ({ end = '', key = '', start = '' }: Readonly<Record<string, string>>): Promise<void> =>
    model.find(model.store.windowed ? { key: keyOf(key), start: instantOf(start), end: instantOf(end) } : keyOf(key));
  return (
    <Form label="Key" act={find}>
      <label>
        key <input name="key" required autocomplete="off" spellcheck={false} placeholder="ann, 12, &quot;12&quot;" />
      </label>
      {model.store.windowed && <Instants names={['start', 'end']} required />}
      <button type="submit">Find</button>
    </Form>
  );
};

const WindowsForm = ({ model }: { model: StoreModel }) => (
  <Form
    label="Windows"
    act={({ from = '', key = '', reverse, to = '' }) =>
      model.select({
        windows: { key: keyOf(key), from: instantOf(from), to: instantOf(to) },
        reverse: reverse === 'on',
      })
    }
  >
    <label>
      key <input name="key" required autocomplete="off" spellcheck={false} />
    </label>
    <Instants names={['from', 'to']} required={false} />
    <label class="check">
      <input name="reverse" type="checkbox" checked /> last first
    </label>
    <button type="submit">Read</button>
  </Form>
);

const Instants = ({ names, required }: { names: readonly string[]; required: boolean }) => (
  <>
    {names.map((name) => (
      <label key={name}>
        {name} <input name={name} required={required} placeholder="2026-01-31 12:00 or ms" autocomplete="off" />
      </label>
    ))}
  </>
);

interface FormOptions {
  readonly label: string;
  readonly act: (fields: Readonly<Record<string, string>>) => Promise<void>;
  readonly children: unknown;
}

const Form = ({ act, children, label }: FormOptions) => (
  <form
    class="ask"
    aria-label={label}
    onSubmit={(event) => {
      event.preventDefault();
      void act(Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>);
    }}
  >
    {children as never}
  </form>
);

const Rows = ({ model }: { model: StoreModel }) => {
  const rows = model.rows.value;
  if (rows === undefined) return model.busy.value ? <p class="nothing">Reading…</p> : null;
  if (rows.length === 0) return <p class="nothing">No rows.</p>;
  return (
    <>
      <RecordTable label="Rows" records={rows.map(recordOf)} />
      {model.next.value !== undefined && (
        <button type="button" class="more" disabled={model.busy.value} onClick={() => void model.more()}>
          More rows
        </button>
      )}
    </>
  );
};

const recordOf = (row: RowJson, at: number): TableRecord => ({ ...row, id: `${at}` });

const Changes = ({ model }: { model: StoreModel }) => (
  <>
    <p class="about" role="status">
      {model.following.value ? 'Following committed changes, sampled where there are many.' : 'Stopped.'}{' '}
      <button type="button" onClick={() => (model.following.value ? model.stop() : void model.follow())}>
        {model.following.value ? 'Stop' : 'Follow'}
      </button>
    </p>
    {model.changes.value.length === 0 ? (
      <p class="nothing">No changes yet.</p>
    ) : (
      <RecordTable
        label="Changes"
        records={model.changes.value.map(({ number, ...change }) => ({ ...change, id: `${number}` }))}
      />
    )}
  </>
);
