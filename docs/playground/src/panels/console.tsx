import { log } from '../model/run.js';

/** The lines that the snippet printed. */
export const Console = () => {
  if (log.value.length === 0) return <p class="nothing">The snippet printed nothing. console.log writes here.</p>;
  return (
    <ol class="console">
      {log.value.map(({ text, step }, i) => (
        <li key={`${i}`} data-step={step}>
          {text}
        </li>
      ))}
    </ol>
  );
};
