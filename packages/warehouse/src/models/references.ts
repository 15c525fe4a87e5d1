/** A model, seed or snapshot that a text names in `ref('…')`. */
export interface Reference {
  readonly name: string;
  /** Where the call begins in the text. */
  readonly place: number;
}

const CALL = /\bref\(\s*(?:(['"])([^'"]+)\1\s*,\s*)?(['"])([^'"]+)\3\s*\)/g;
const JINJA = /\{\{[\s\S]*?\}\}|\{%-?\s*(?<word>\w+)[\s\S]*?%\}/g;
const OPENS = ['if', 'for', 'macro'];

/**
 * The references in a model's text that dbt certainly follows. It follows those in SQL comments, but not in Jinja
 * comments; those in `{% if %}` blocks, in loops or in `a if b else c` it may never reach.
 * @param project the project's own name, which a reference may name before the model's; those of packages are left out
 */
export function referencesIn(text: string, project: string | undefined): Reference[] {
  const found: Reference[] = [];
  let depth = 0;
  for (const { 0: block, index, groups } of withoutComments(text).matchAll(JINJA)) {
    const word = groups?.word ?? '';
    if (OPENS.includes(word)) depth++;
    else if (OPENS.includes(word.replace(/^end/, ''))) depth--;
    else if (depth === 0 && !/\sif\s/.test(block))
      for (const call of block.matchAll(CALL))
        if (call[2] === undefined || call[2] === project) found.push({ name: call[4]!, place: index + call.index });
  }
  return found;
}

/** The names in the references of one field of dbt's YAML, such as `ref('stg_weather')`. */
export const referencesInField = (field: string): string[] => [...field.matchAll(CALL)].map((call) => call[4]!);

/** As long as the text. */
function withoutComments(text: string): string {
  return text.replace(/\{#[\s\S]*?#\}|\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}/g, (one) =>
    ' '.repeat(one.length),
  );
}
