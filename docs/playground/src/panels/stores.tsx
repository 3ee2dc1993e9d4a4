import { at } from '../model/run.js';
import { stores } from '../model/stores.js';
import { keyText, valueText } from './format.js';

const most = 100;

/** The rows of every store at the step on the slider. */
export const Stores = () => {
  if (stores.value.length === 0) return <p class="nothing">The topology keeps nothing.</p>;
  return (
    <div class="stores">
      {stores.value.map(({ name, kind, rows }) => (
        <details key={name} open>
          <summary>
            <b>{name}</b> <span>{kind}</span> <span>{rows.length} rows</span>
          </summary>
          <table>
            <tbody>
              {rows
                .slice(-most)
                .toReversed()
                .map(({ key, value, step }) => (
                  <tr key={key.text} class={step === at.value ? 'now' : ''}>
                    <td>{keyText(key)}</td>
                    <td>{valueText(value)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
          {rows.length > most && <p class="nothing">{rows.length - most} more</p>}
        </details>
      ))}
    </div>
  );
};
