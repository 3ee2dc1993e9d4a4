import { instant } from '../format.js';
import { isWindow, pretty } from './typed-text.js';

/** A record or a row, in typed JSON. */
export interface RecordJson {
  readonly key: unknown;
  readonly value: unknown;
  /** In ms. */
  readonly timestamp?: number | undefined;
  /** More about the record, by name. */
  readonly details?: Readonly<Record<string, string>> | undefined;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** All of one record: key, value, timestamp, headers. */
export const RecordView = ({ record }: { readonly record: RecordJson }) => {
  const { details = {}, headers = [], key, timestamp, value } = record;
  return (
    <dl class="record">
      <Part name="key" text={pretty(isWindow(key) ? key.key : key)} />
      {isWindow(key) && <Part name="window" text={`${instant(key.start)} – ${instant(key.end)}`} />}
      <Part name="value" text={value === undefined ? 'deleted' : pretty(value)} />
      {timestamp !== undefined && <Part name="timestamp" text={`${instant(timestamp)} (${timestamp})`} />}
      {Object.entries(details).map(([name, text]) => (
        <Part key={name} name={name} text={text} />
      ))}
      {headers.map(([name, text], at) => (
        <Part key={`${at} ${name}`} name={`header ${name}`} text={text} />
      ))}
    </dl>
  );
};

const Part = ({ name, text }: { name: string; text: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <pre>{text}</pre>
    </dd>
  </div>
);
