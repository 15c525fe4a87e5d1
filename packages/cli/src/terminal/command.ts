import type { ParseArgsConfig } from 'node:util';

/** The command line, checked. */
export interface Options {
  readonly command: string;
  /** The words after the command. */
  readonly words: readonly string[];
  readonly remotes: readonly string[];
  readonly warehouse: string | undefined;
  readonly project: string;
  readonly work: string | undefined;
  readonly rcloneConfig: string | undefined;
  readonly now: number;
  readonly windowMonths: number;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** Value of an option that is the command's own. */
  readonly own: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

/** One command of `warehouse`: its help, its arguments, its function. */
export interface Command {
  readonly name: string;
  /** The text after the name: `--warehouse PLACE [options]`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly needsWarehouse: boolean;
  /** Its positional arguments, such as `FILE`, if it takes any. */
  readonly words?: { readonly name: string; readonly least: number; readonly most: number };
  /** Options of this command alone, each with its line of help. */
  readonly options?: Readonly<Record<string, OwnOption>>;
  /** Whole command lines, for the help. */
  readonly examples: readonly string[];
  /**
   * Returns the exit code.
   * @throws Failure
   */
  run(options: Options): Promise<number>;
}

export type OwnOption = NonNullable<ParseArgsConfig['options']>[string] & {
  /** The placeholder after the name in the help, such as `MONTH`; left out for a flag. */
  readonly value?: string;
  readonly help: string;
};
