import { withoutSecrets } from '@sensor-warehouse/model/secrets';

/** Results, to standard output. */
export function print(text: string): void {
  process.stdout.write(withoutSecrets(text));
}

/** One line of progress, or what there is to tell a person, to standard error. */
export function say(line: string): void {
  process.stderr.write(`${withoutSecrets(line)}\n`);
}
