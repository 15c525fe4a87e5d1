import { createInterface } from 'node:readline';
import { visible } from '@sensor-warehouse/model/findings/finding';
import type { Question } from '@sensor-warehouse/warehouse/onboarding/given';
import { usage } from './usage';

/** A person who is asked. */
export interface Asking {
  /** The typed answer, or the proposal for an empty line; repeats the question while there is neither. */
  ask(question: Question): Promise<string>;
  tell(line: string): void;
  close(): void;
}

const ADDING = { name: 'add-datasource' };

/** Asks on a terminal, or on other streams. Lines pasted ahead answer later questions. */
export function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asking {
  const lines = createInterface({ input, output });
  const ahead: string[] = [];
  let answered: ((line: string | undefined) => void) | undefined;
  let isOver = false;
  const give = (line: string | undefined) => {
    const to = answered;
    answered = undefined;
    if (to !== undefined) to(line);
    else if (line !== undefined) ahead.push(line);
  };
  lines.on('line', give);
  lines.once('close', () => {
    isOver = true;
    give(undefined);
  });
  const nextLine = async (): Promise<string> => {
    const wait = () =>
      new Promise<string | undefined>((resolve) => {
        answered = resolve;
      });
    const line = ahead.shift() ?? (isOver ? undefined : await wait());
    if (line === undefined) throw usage('not all questions were answered', ADDING);
    return line.trim();
  };
  return {
    async ask(question) {
      const { proposal, choices = [] } = question;
      lines.setPrompt(promptOf(question));
      for (;;) {
        for (const choice of choices) output.write(`  ${visible(choice)}\n`);
        lines.prompt();
        const answer = (await nextLine()) || (proposal ?? '');
        if (answer !== '') return answer;
      }
    },
    tell: (line) => void output.write(`${line}\n`),
    close: () => lines.close(),
  };
}

function promptOf({ text, proposal }: Question): string {
  return `${visible(text)}${proposal === undefined ? '' : ` [${visible(proposal)}]`}: `;
}
