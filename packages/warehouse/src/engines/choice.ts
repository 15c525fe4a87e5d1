import type { Engine } from './engine';

/** What is said of engines, by a person or a workflow, as a shell reads it. */
export interface Said {
  /** '' is not a value. */
  optional(name: string): string | undefined;
  /** Hidden before anything can show it. */
  secret(name: string): string | undefined;
  /** Hides a part of something else that was said. */
  hide(part: string): void;
  /** A name as it has to be given, such as `--influx-url`. */
  called(name: string): string;
  /** Adds what is wrong; the shell reports all of it at once. */
  mistake(what: string): void;
  readonly windowMonths: number;
  /** Whether it may be about an engine that is not chosen: a workflow may name its server also while it uses another engine. */
  readonly mayBeUnused: boolean;
}

/** The program around an engine. */
export interface EngineShell {
  /** One line of progress. */
  readonly say: (line: string) => void;
  /** What a person should know of what was said under this name. */
  readonly warn: (what: string, name: string) => void;
}

/** @throws Failure that says what is wrong with a server */
export type OpenEngine = (shell: EngineShell) => Promise<Engine>;
