import { instant, keyText, lineOf, RecordView, TableHead } from '@kstreams/ui';
import { useState } from 'preact/hooks';
import type { LetterBody, LettersBody, ReplayBody } from '../../src/protocol.js';
import { RequestError, requestJson } from '../model/connection.js';
import { usePolled } from '../model/use-polled.js';

const idOf = ({ offset, partition, topic }: LetterBody): string => `${topic}-${partition}@${offset}`;

/** The latest dead letters, and the replay of chosen ones. */
export const DeadLettersCard = () => {
  const { body, error, reload } = usePolled<LettersBody>('api/dead-letters');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<string | undefined>(undefined);
  const [outcome, setOutcome] = useState<string | undefined>(undefined);
  if (body?.topics.length === 0)
    return (
      <section class="card" aria-label="Dead letters">
        <h2>Dead letters</h2>
        <p class="nothing">The application declares no dead-letter topic.</p>
      </section>
    );
  const choose = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const replay = async (): Promise<void> => {
    const letters = (body?.letters ?? []).filter((letter) => chosen.has(idOf(letter)));
    try {
      const { refused, replayed } = await requestJson<ReplayBody>('api/replay', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          letters: letters.map(({ offset, partition, topic }) => ({ topic, partition, offset })),
        }),
      });
      setOutcome(
        [
          `Replayed ${replayed}.`,
          ...refused.map(({ letter, reason }) => `${letter.topic}-${letter.partition}@${letter.offset}: ${reason}.`),
        ].join(' '),
      );
      setChosen(new Set());
      reload();
    } catch (thrown) {
      if (!(thrown instanceof RequestError)) throw thrown;
      setOutcome(thrown.message);
    }
  };
  return (
    <section class="card" aria-label="Dead letters">
      <header>
        <h2>Dead letters</h2>
        <span class="about">{body?.topics.join(', ')}</span>
        <span class="spring" />
        <button type="button" onClick={reload}>
          Read again
        </button>
        {body?.replay === true && (
          <button type="button" class="strong" disabled={chosen.size === 0} onClick={() => void replay()}>
            Replay {chosen.size}
          </button>
        )}
      </header>
      {body?.replay === false && (
        <p class="about">The option "replay" of the inspector lets chosen letters be replayed.</p>
      )}
      {outcome !== undefined && <p role="status">{outcome}</p>}
      {error !== undefined && (
        <p class="trouble" role="alert">
          {error}
        </p>
      )}
      {body?.letters.length === 0 && <p class="nothing">There are none.</p>}
      {body !== undefined && body.letters.length > 0 && (
        <div class="scroll">
          <table class="records" aria-label="Dead letters">
            <TableHead columns={[body.replay && { hidden: 'Replay' }, 'record', 'error', 'timestamp']} />
            <tbody>
              {body.letters.map((letter) => (
                <Letter
                  key={idOf(letter)}
                  letter={letter}
                  chosen={body.replay ? chosen.has(idOf(letter)) : undefined}
                  choose={() => choose(idOf(letter))}
                  open={open === idOf(letter)}
                  toggle={() => setOpen(open === idOf(letter) ? undefined : idOf(letter))}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

interface LetterOptions {
  readonly letter: LetterBody;
  /** Undefined where nothing can be replayed. */
  readonly chosen: boolean | undefined;
  readonly choose: () => void;
  readonly open: boolean;
  readonly toggle: () => void;
}

const Letter = ({ choose, chosen, letter, open, toggle }: LetterOptions) => {
  const { exception, headers, key, message, omitted, source, timestamp, value } = letter;
  const from = source === undefined ? 'unknown' : `${source.topic}-${source.partition} at ${source.offset}`;
  return (
    <>
      <tr class={open ? 'opened' : ''}>
        {chosen !== undefined && (
          <td>
            <input
              type="checkbox"
              aria-label={`Replay the record of ${from}`}
              checked={chosen}
              disabled={omitted || source === undefined}
              onChange={choose}
            />
          </td>
        )}
        <td>
          <button type="button" class="cell" aria-expanded={open} onClick={toggle}>
            {omitted ? 'left out, too large' : `${keyText(key)}: ${lineOf(value, 80)}`}
          </button>
        </td>
        <td>{message ?? exception ?? ''}</td>
        <td class="when">{instant(timestamp)}</td>
      </tr>
      {open && (
        <tr class="all">
          <td colSpan={chosen === undefined ? 3 : 4}>
            <RecordView
              record={{
                key,
                value,
                timestamp,
                headers,
                details: { from, letter: idOf(letter), exception: exception ?? '', message: message ?? '' },
              }}
            />
          </td>
        </tr>
      )}
    </>
  );
};
