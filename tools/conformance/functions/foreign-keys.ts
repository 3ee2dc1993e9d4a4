const afterPipe = (value: string): string | null => value.split('|')[1] ?? null;

/** Functions that extract the key of another table from a value. */
export const foreignKeys: Readonly<Record<string, (value: string) => string | null>> = {
  beforePipe: (value) => value.split('|')[0] || null,
  afterPipe,
  afterPipeNullIfReturnNull: (value) => (afterPipe(value) === 'returnNull' ? null : afterPipe(value)),
  null: () => null,
};
