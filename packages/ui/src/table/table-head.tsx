/** The heading of a column: its text, also of a column of numbers or for screen readers alone. `false` for none. */
export type Heading = string | false | { readonly number: string } | { readonly hidden: string };

/** The headings of a table. */
export const TableHead = ({ columns }: { readonly columns: readonly Heading[] }) => (
  <thead>
    <tr>{columns.map((heading) => heading !== false && cellOf(heading))}</tr>
  </thead>
);

const cellOf = (heading: Exclude<Heading, false>) => {
  if (typeof heading === 'string') return <th scope="col">{heading}</th>;
  if ('hidden' in heading) {
    return (
      <th scope="col">
        <span class="hidden">{heading.hidden}</span>
      </th>
    );
  }
  return (
    <th scope="col" class="number">
      {heading.number}
    </th>
  );
};
