import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a person writes in the place of `<unit>` and the like. */
export type Answers = Readonly<Record<string, string>>;

/**
 * Adds the lines that messages name to the seeds that they name, as a person does who copies them.
 * @returns the lines, each once, in the order of the messages
 */
export async function addAdvisedLines(project: string, messages: string, answers: Answers): Promise<string[]> {
  const lines = new Map<string, string>();
  for (const [, line, seed] of messages.matchAll(/the line (\S.*?) to seeds\/(\w+)\.csv/g))
    lines.set(
      line!.replaceAll(/<([^<>]+)>/g, (_, name: string) => answers[name] ?? `<${name}>`),
      seed!,
    );
  for (const [line, seed] of lines) await appendFile(join(project, 'seeds', `${seed}.csv`), `${line}\n`);
  return [...lines.keys()];
}
