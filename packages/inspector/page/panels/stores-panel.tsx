import { StoreView } from '@kstreams/ui';
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { RequestError, requestJson } from '../model/connection.js';
import { storeSource } from '../model/store-source.js';

/** A store as the server lists it. */
interface ListedStore {
  readonly name: string;
  readonly kind: string;
  readonly partitions: number;
  readonly windowed: boolean;
}

/** The name of the store that is shown. */
const shown = signal<string | undefined>(undefined);

/** The stores of the application, and one of them. */
export const StoresPanel = () => {
  const [stores, setStores] = useState<readonly ListedStore[] | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => {
    requestJson<{ stores: readonly ListedStore[] }>('queries/stores').then(
      (body) => setStores(body.stores),
      (thrown: unknown) => {
        if (!(thrown instanceof RequestError)) throw thrown;
        setError(thrown.message);
      },
    );
  }, []);
  if (error !== undefined) return <p class="trouble">{error}</p>;
  if (stores === undefined) return <p class="nothing">Loading…</p>;
  const store = stores.find(({ name }) => name === shown.value) ?? stores[0];
  if (store === undefined) return <p class="nothing">The topology keeps no store that can be read.</p>;
  return (
    <div class="list-split">
      <nav class="card list" aria-label="Stores">
        {stores.map(({ kind, name }) => (
          <button
            key={name}
            type="button"
            aria-current={name === store.name ? 'true' : undefined}
            onClick={() => (shown.value = name)}
          >
            {name} <span>{kind}</span>
          </button>
        ))}
      </nav>
      <div class="card">
        <StoreView key={store.name} store={store} source={storeSource} />
      </div>
    </div>
  );
};
