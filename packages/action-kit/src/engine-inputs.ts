import { warning } from '@actions/core';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { OpenEngine } from '@sensor-warehouse/warehouse/engines/choice';
import type { Engine } from '@sensor-warehouse/warehouse/engines/engine';
import { readEngine, withEngine } from '@sensor-warehouse/warehouse/engines/engines';
import { readWindowMonths } from '@sensor-warehouse/warehouse/shell/run-options';
import type { InputReader } from './inputs';
import { say } from './log';
import { mask } from './masks';

/** The engine, and how much it aggregates at a time. */
export interface EngineInputs {
  readonly windowMonths: number;
  readonly openEngine: OpenEngine;
}

/** Inputs of an action that aggregates. */
export function readEngineInputs(inputs: InputReader): EngineInputs {
  const months = inputs.required('window-months');
  const windowMonths = readWindowMonths(months) ?? 0;
  if (months !== '' && windowMonths === 0)
    inputs.mistake(`window-months is ${quoted(months)}, expected a number from 1 to 99`);
  const openEngine = readEngine({ ...inputs, hide: mask, called: (name) => name, windowMonths, mayBeUnused: true });
  return { windowMonths, openEngine };
}

/**
 * Opens the engine for `use`, and closes it whatever happens.
 * @throws Failure that says what is wrong with the server
 */
export function withEngineOfInputs<T>({ openEngine }: EngineInputs, use: (engine: Engine) => Promise<T>): Promise<T> {
  return withEngine(openEngine, { say, warn: (what, name) => warning(what, { title: name }) }, use);
}
