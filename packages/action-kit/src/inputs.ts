import { getInput } from '@actions/core';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { SHORTEST_SECRET } from '@sensor-warehouse/model/secrets/secrets';
import { readClock } from '@sensor-warehouse/warehouse/shell/run-options';
import { mask } from './masks';

// In a text with several lines, a lone bracket or word would be masked wherever it occurs.
const SHORTEST_LINE = 8;

/** Reads inputs one by one and reports everything that is wrong with them at once. */
export interface InputReader {
  /** '' is not a value. */
  optional(name: string): string | undefined;
  required(name: string): string;
  /** Masked before anything can print it, and taken out of the environment that child processes inherit. */
  secret(name: string): string | undefined;
  /** One entry a line; empty lines are left out. */
  lines(name: string): string[];
  /** Exactly `true` or `false`; a typing error is never «false». */
  flag(name: string): boolean;
  /** A UTC instant in milliseconds. */
  instant(name: string): number | undefined;
  /** Adds a mistake found by a rule of the action itself. */
  mistake(what: string): void;
  /** @throws Failure (config) that lists every mistake */
  done(): void;
}

export function readInputs(action: string): InputReader {
  const mistakes: string[] = [];
  const optional = (name: string) => getInput(name).trim() || undefined;
  return {
    optional,
    required: (name) => {
      const value = optional(name);
      if (value === undefined) mistakes.push(`${name} is missing`);
      return value ?? '';
    },
    secret: (name) => {
      const value = optional(name);
      delete process.env[`INPUT_${name.toUpperCase()}`];
      const lines = value?.split(/[\r\n]+/).map((line) => line.trim()) ?? [];
      const shortest = lines.length > 1 ? SHORTEST_LINE : SHORTEST_SECRET;
      for (const line of lines) if (line.length >= shortest) mask(line);
      return value;
    },
    lines: (name) =>
      (optional(name) ?? '')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter(Boolean),
    flag: (name) => {
      const value = optional(name);
      if (value !== 'true' && value !== 'false')
        mistakes.push(`${name} is ${quoted(value ?? '')}, expected true or false`);
      return value === 'true';
    },
    instant: (name) => {
      const value = optional(name);
      if (value === undefined) return undefined;
      const instant = readClock(value);
      if (instant === undefined)
        mistakes.push(`${name} is ${quoted(value)}, expected a UTC instant, e.g. 2024-11-29T12:00:00Z`);
      return instant;
    },
    mistake: (what) => {
      mistakes.push(what);
    },
    done: () => {
      if (mistakes.length === 0) return;
      throw new Failure({
        stage: action,
        what: `the inputs are invalid: ${mistakes.join('; ')}`,
        fix: 'correct the `with:` of the step',
        class: 'config',
        code: 'input-error',
      });
    },
  };
}
