import { createInterface } from 'node:readline/promises';
import { printable } from '@sensor-warehouse/model/finding';
import type { Question } from '@sensor-warehouse/warehouse/onboarding/given';
import { usage } from './usage';

/** A person who is asked. */
export interface Asking {
  /** What was typed, or the proposal for an empty line; asked again as long as there is neither. */
  ask(question: Question): Promise<string>;
  tell(line: string): void;
  close(): void;
}

const ADDING = { name: 'add-datasource' };

/** Asks on a terminal, or whatever stands in for one. */
export function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asking {
  const lines = createInterface({ input, output });
  const ended = new Promise<never>((_, reject) => {
    lines.once('close', () => reject(usage('the questions were not answered to the end', ADDING)));
  });
  ended.catch(() => {});
  return {
    async ask(question) {
      const prompt = promptOf(question);
      for (;;) {
        const answer = (await Promise.race([lines.question(prompt), ended])).trim() || (question.proposal ?? '');
        if (answer !== '') return answer;
      }
    },
    tell: (line) => void output.write(`${line}\n`),
    close: () => lines.close(),
  };
}

function promptOf({ text, proposal, choices }: Question): string {
  const possible = choices?.map((choice) => `  ${printable(choice)}\n`).join('') ?? '';
  const shown = possible === '' ? printable(text) : `${printable(text)}\n${possible}`;
  return `${shown}${proposal === undefined ? '' : ` [${printable(proposal)}]`}: `;
}
