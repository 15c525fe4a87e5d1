/** How the columns of a table are called: by their labels, or by their places where a label is blank or occurs twice. */
export interface NamedColumns {
  readonly labels: readonly string[];
  /** The labels as they are in the header. */
  readonly headings: readonly string[];
  /** Labels that occur twice, and the names of their columns by place. */
  readonly doubles: ReadonlyMap<string, readonly string[]>;
}

/** @param header the cells of the header, up to the last column that holds anything */
export function nameColumns(header: readonly string[]): NamedColumns {
  const doubles = new Map<string, string[]>();
  const labels = header.map((label, at) => {
    const isDouble = label !== '' && header.indexOf(label) !== header.lastIndexOf(label);
    if (label !== '' && !isDouble) return label;
    const name = `#${at + 1}`;
    // A label that is literally #3 keeps its name; this column has none then.
    if (header.includes(name)) return label;
    if (isDouble) doubles.set(label, [...(doubles.get(label) ?? []), name]);
    return name;
  });
  return { labels, headings: header, doubles };
}
