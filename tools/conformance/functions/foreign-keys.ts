const afterPipe = (value: string): string | null => value.split('|')[1] ?? null;

/** How the key of another table is taken from a value. */
export const foreignKeys: Readonly<Record<string, (value: string) => string | null>> = {
  beforePipe: (value) => value.split('|')[0] || null,
  afterPipe,
  afterPipeNullIfReturnNull: (value) => (afterPipe(value) === 'returnNull' ? null : afterPipe(value)),
  null: () => null,
};
