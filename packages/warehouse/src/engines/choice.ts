import type { Engine } from './engine';

/** Settings of engines, given by a person or a workflow, as a shell reads them. */
export interface Said {
  /** '' is not a value. */
  optional(name: string): string | undefined;
  /** Hidden before anything can show it. */
  secret(name: string): string | undefined;
  /** Hides a part of another setting. */
  hide(part: string): void;
  /** A name as it has to be given, such as `--influx-url`. */
  called(name: string): string;
  /** Adds a mistake; the shell reports all mistakes at once. */
  mistake(what: string): void;
  readonly windowMonths: number;
  /** Whether it may be about an engine that is not chosen: a workflow may name its server also while it uses another engine. */
  readonly mayBeUnused: boolean;
}

/** The program around an engine. */
export interface EngineShell {
  /** One line of progress. */
  readonly say: (line: string) => void;
  /** Warns about the setting with this name. */
  readonly warn: (what: string, name: string) => void;
}

/** @throws Failure if the server cannot be used */
export type OpenEngine = (shell: EngineShell) => Promise<Engine>;
