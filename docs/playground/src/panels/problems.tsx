import type { ComponentChildren } from 'preact';
import { trouble } from '../model/run.js';
import { editor, problems } from '../model/snippet.js';

/** The errors and warnings of the compiler; each moves the cursor to its place. */
export const Problems = () => {
  const { length } = problems.value;
  if (length === 0) return null;
  return (
    <details class="problems" open>
      <summary>{length === 1 ? '1 problem' : `${length} problems`}</summary>
      <ul aria-label="Problems">
        {problems.value.map(({ column, line, message, severity }) => (
          <li key={`${line} ${column} ${message}`} class={severity}>
            <button type="button" class="link" onClick={() => editor.value?.goTo(line, column)}>
              line {line}
            </button>{' '}
            {message}
          </li>
        ))}
      </ul>
    </details>
  );
};

/** The error of the last run, with its place. */
export const ErrorBanner = (): ComponentChildren => {
  const { value } = trouble;
  if (value === undefined) return null;
  const { line, node } = value;
  return (
    <div class="trouble" role="alert">
      {line !== undefined && (
        <button type="button" class="link" onClick={() => editor.value?.goTo(line)}>
          line {line}
        </button>
      )}
      {line !== undefined && node !== undefined && ', '}
      {node !== undefined && <b>node {node}</b>}
      {(line !== undefined || node !== undefined) && ': '}
      {value.message}
    </div>
  );
};
