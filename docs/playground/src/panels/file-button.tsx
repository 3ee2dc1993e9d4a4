import { useState } from 'preact/hooks';
import { rowsOfFile } from '../input/read-file.js';
import { choose } from '../model/snippet.js';

/** Reads the records of a topic from a file, which stays in the page. */
export const FileButton = ({ topic }: { topic: string }) => {
  const [refused, setRefused] = useState<string | undefined>(undefined);
  const read = async (file: File): Promise<void> => {
    try {
      choose(topic, { kind: 'table', rows: rowsOfFile(file.name, await file.text()) });
      setRefused(undefined);
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      setRefused(thrown.message);
    }
  };
  return (
    <>
      <label class="file">
        Open a file
        <input
          type="file"
          class="hidden"
          accept=".csv,.json,.jsonl,.ndjson"
          aria-label={`Records of ${topic} from a file, CSV or JSON`}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file !== undefined) void read(file);
            currentTarget.value = '';
          }}
        />
      </label>
      {refused !== undefined && (
        <p class="trouble" role="alert">
          {refused}
        </p>
      )}
    </>
  );
};
