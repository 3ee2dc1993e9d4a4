/** Returns the records of a CSV text (RFC 4180) by the names of its header. Numbers and booleans are read as such. */
export const parseCsv = (text: string): readonly Readonly<Record<string, unknown>>[] => {
  const [header = [], ...lines] = linesOf(text);
  return lines.map((cells) => Object.fromEntries(header.map((name, n) => [name.trim(), read(cells[n] ?? '')])));
};

const read = (cell: string): unknown => {
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(cell) && cell.length < 16) return Number(cell);
  return cell === 'true' || cell === 'false' ? cell === 'true' : cell;
};

/** A cell with the separator behind it: quoted with doubled quotes within, or plain. */
const cellPattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

const linesOf = (text: string): string[][] => {
  const source = text.replace(/^\uFEFF/, '').replace(/\s+$/, '');
  const lines: string[][] = [[]];
  cellPattern.lastIndex = 0;
  while (cellPattern.lastIndex <= source.length) {
    const from = cellPattern.lastIndex;
    const found = cellPattern.exec(source);
    if (found === null) {
      const line = source.slice(0, from).split('\n').length;
      throw new TypeError(`the CSV file has a stray quote in line ${line}: double quotes within quotes`);
    }
    const [, quoted, plain = '', end] = found;
    lines.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '') break;
    if (end !== ',') lines.push([]);
  }
  return lines.filter((cells) => cells.length > 1 || cells[0] !== '');
};
