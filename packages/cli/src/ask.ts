import { createInterface } from 'node:readline/promises';
import type { Question } from '@sensor-warehouse/warehouse/onboarding/given';

/** Asks a person; gives the text that was typed, or the proposal for an empty line. */
export interface Asking {
  ask(question: Question): Promise<string>;
  close(): void;
}

/** Questions on a terminal: its lines are read, and what is asked goes to standard error. */
export function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Asking {
  const lines = createInterface({ input, output });
  return {
    async ask(question) {
      const prompt = questionText(question);
      for (;;) {
        const answer = (await lines.question(prompt)).trim() || (question.proposal ?? '');
        if (answer !== '') return answer;
      }
    },
    close: () => lines.close(),
  };
}

function questionText({ text, proposal, choices }: Question): string {
  const possible = choices === undefined ? '' : `\n  ${choices.join('\n  ')}\n`;
  return `${text}${possible}${proposal === undefined ? '' : ` [${proposal}]`}: `;
}
