import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UnreadableFile } from '@sensor-warehouse/intake/report';
import { lookAtSample, type SampleLook } from '@sensor-warehouse/intake/sample/look-at-sample';
import { oneLook } from '@sensor-warehouse/intake/sample/one-look';
import { loadConfiguration } from '@sensor-warehouse/model/configuration';
import { Failure } from '@sensor-warehouse/model/failure';
import { findingLine, printable } from '@sensor-warehouse/model/finding';
import { addSource } from '@sensor-warehouse/warehouse/onboarding/add-source';
import {
  FLAGS,
  type Flag,
  type Given,
  optionOf,
  type Question,
  withAnswer,
} from '@sensor-warehouse/warehouse/onboarding/given';
import { declaredForm } from '@sensor-warehouse/warehouse/onboarding/settle-form';
import { type Settled, settleSource } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import type { SourcePlan } from '@sensor-warehouse/warehouse/onboarding/source-plan';
import type { Sample } from '@sensor-warehouse/warehouse/onboarding/try-source';
import { addedText, lookText } from '../added-text';
import { askOn } from '../ask';
import type { Command, Options, OwnOption } from '../command';
import { dbtPython } from '../python';
import { usage } from '../usage';

const HELP: Readonly<Record<Flag, readonly [value: string, help: string]>> = {
  id: ['ID', 'short name of the source, for files and models'],
  name: ['NAME', 'name of the source in the dataset'],
  location: ['REMOTE:FOLDER', 'where uploads arrive'],
  timezone: ['ZONE', 'of the clock that wrote the times, such as Europe/Prague'],
  pattern: ['GLOB', 'which files of the folder are of the source'],
  layout: ['LAYOUT', 'wide, or file-per-sensor'],
  encoding: ['NAME', 'such as windows-1250'],
  delimiter: ['MARK', ', ; | or tab'],
  decimal: ['MARK', '. or ,'],
  'time-column': ['LABEL', 'column of the time; twice for a date and a time of day'],
  'datetime-format': ['FORMAT', 'such as %d.%m.%Y %H:%M; several separated by |'],
  'null-value': ['TEXT', 'a text that stands for no value (may be repeated)'],
  column: ['LABEL=KEY@PLACE', 'what a column is: a data_key at a location (may be repeated)'],
  ignore: ['LABEL[=REASON]', 'leave a column out (may be repeated)'],
  sensor: ['ID=PLACE', 'where the sensor of a file is (may be repeated)'],
  'data-key': ['KEY=…', 'a new data_key: unit;quantity;additive or nonadditive;minimum;maximum (may be repeated)'],
  'public-name': ['PLACE=NAME', 'under which name a location is published (may be repeated)'],
};

const OPTIONS: Record<string, OwnOption> = {
  yes: { type: 'boolean', default: false, help: 'take what is proposed; what nothing suggests has to be given still' },
  ...Object.fromEntries(
    FLAGS.map((flag) => [flag, { type: 'string', multiple: true, value: HELP[flag][0], help: HELP[flag][1] }]),
  ),
};

export const ADD_DATASOURCE: Command = {
  name: 'add-datasource',
  usage: 'SAMPLE… [options]',
  summary: 'add a source: look at a sample, ask what it does not tell, try it, write seeds and models',
  needsWarehouse: false,
  words: { name: 'sample', least: 1, most: Number.POSITIVE_INFINITY },
  options: OPTIONS,
  examples: [
    'warehouse add-datasource boiler_2024-10.csv',
    'warehouse add-datasource boiler_2024-10.csv --yes --location mydrive:Boiler/Upload --timezone Europe/Prague --dry-run',
    "warehouse add-datasource boiler.csv --id boiler --column 'Supply (°C)=temp_supply@cellar' --ignore Remark",
  ],
  run: addDatasource,
};

async function addDatasource(options: Options): Promise<number> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const configuration = await loadConfiguration(join(options.project, 'seeds'));
  const samples = options.words.map((path): Sample => ({ path, name: basename(path) }));
  const files = await readSamples(samples);
  const given = givenOf(options);
  const settle = (said: Given) => {
    const mistakes: string[] = [];
    const form = declaredForm(said, mistakes);
    if (mistakes.length > 0) throw usage(mistakes.join('; '), ADD_DATASOURCE);
    const { look, differences } = oneLook(files.map(({ name, bytes }) => lookAt(name, bytes, options.now, form)));
    if (differences.length > 0) throw unlike(differences);
    const names = samples.map(({ name }) => name);
    return { look, ...settleSource(look, names, said, configuration) };
  };
  const { look, plan } = await settled(given, settle, options);
  const python = dbtPython();
  const order = { project: options.project, now: options.now, dryRun: options.dryRun, say, plan, samples, python };
  const added = await addSource(order);
  for (const finding of added.tried.findings) say(findingLine(finding));
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ written: !options.dryRun, look, plan, ...added }, null, 2)}\n`
      : addedText(plan, added, options.dryRun),
  );
  return 0;
}

type Settle = (given: Given) => Settled & { readonly look: SampleLook };

/** Asks, or takes what is proposed, until nothing is open. @throws Failure (config) that lists all that is missing */
async function settled(
  given: Given,
  settle: Settle,
  { own, json }: Options,
): Promise<{ readonly look: SampleLook; readonly plan: SourcePlan }> {
  const interactive = process.stdin.isTTY === true && own.yes !== true && !json;
  const asking = interactive ? askOn(process.stdin, process.stderr) : undefined;
  const taken: Question[] = [];
  const missing: Question[] = [];
  try {
    let said = given;
    for (let first = true; ; first = false) {
      const { look, plan, questions, mistakes } = settle(said);
      if (first) process.stderr.write(lookText(look));
      if (mistakes.length > 0) throw usage(mistakes.join('; '), ADD_DATASOURCE);
      if (plan !== undefined) {
        if (missing.length > 0 || (taken.length > 0 && own.yes !== true)) break;
        return { look, plan };
      }
      if (asking !== undefined) {
        said = withAnswer(said, questions[0]!, await asking.ask(questions[0]!));
        continue;
      }
      // Without a person to ask, what is proposed is taken to see what would be asked next.
      const next = questions.filter(({ proposal }) => proposal !== undefined);
      for (const one of questions) if (one.proposal === undefined && !isAmong(missing, one)) missing.push(one);
      if (next.length === 0) break;
      taken.push(...next);
      said = next.reduce((all, one) => withAnswer(all, one, one.proposal!), said);
    }
  } finally {
    asking?.close();
  }
  const open = own.yes === true ? missing : [...missing, ...taken];
  throw usage(`what the sample does not tell is missing:\n${open.map(missingLine).join('\n')}\n`, ADD_DATASOURCE);
}

function isAmong(questions: readonly Question[], { flag, prefix }: Question): boolean {
  return questions.some((one) => one.flag === flag && one.prefix === prefix);
}

/** An option to give: with what is proposed, or what is possible. */
function missingLine(question: Question): string {
  const { text, proposal, choices } = question;
  const { flag, value } = optionOf(question, proposal ?? '');
  const possible = choices === undefined ? '' : `; possible: ${choices.map(printable).join('  ')}`;
  return `  --${flag}${value === '' ? '' : ` '${printable(value)}'`}  ${printable(text)}${possible}${proposal === undefined ? '' : '; proposed'}`;
}

function givenOf({ own }: Options): Given {
  return Object.fromEntries(FLAGS.flatMap((flag) => (own[flag] === undefined ? [] : [[flag, own[flag]]])));
}

/** The first bytes of samples: more than a look takes are not read here. */
async function readSamples(samples: readonly Sample[]): Promise<{ readonly name: string; readonly bytes: Buffer }[]> {
  const read: { name: string; bytes: Buffer }[] = [];
  const missing: string[] = [];
  for (const { path, name } of samples) {
    try {
      const file = await open(path, 'r');
      try {
        const buffer = Buffer.alloc(Math.min((await file.stat()).size, MOST_READ));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
        read.push({ name, bytes: buffer.subarray(0, bytesRead) });
      } finally {
        await file.close();
      }
    } catch (error) {
      missing.push(`${printable(path)} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
    }
  }
  const twice = samples.filter(({ name }, i) => samples.findIndex((one) => one.name === name) < i);
  if (missing.length === 0 && twice.length === 0) return read;
  throw new Failure({
    stage: 'add-datasource',
    what:
      missing.length > 0
        ? `there is no such file: ${missing.join(', ')}`
        : `two samples have one name: ${twice.map(({ name }) => printable(name)).join(', ')}`,
    consequence: 'nothing was changed',
    fix: missing.length > 0 ? 'check the path' : 'give samples of different names, as they would be uploaded',
    class: 'input',
    code: 'file-missing',
  });
}

const MOST_READ = 9 << 20;

function lookAt(name: string, bytes: Buffer, now: number, form: ReturnType<typeof declaredForm>): SampleLook {
  try {
    return lookAtSample(name, bytes, now, form);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const { message, fix, code: _, ...problem } = error.problem;
    throw new Failure({
      stage: 'add-datasource',
      what: message,
      where: printable(name),
      ...(problem.found === undefined ? {} : { found: problem.found }),
      ...(problem.expected === undefined ? {} : { expected: problem.expected }),
      consequence: 'nothing was changed',
      fix,
      class: 'input',
      code: 'sample-unreadable',
    });
  }
}

function unlike(differences: readonly string[]): Failure {
  return new Failure({
    stage: 'add-datasource',
    what: `the samples are not of one form: ${differences.join('; ')}`,
    consequence: 'nothing was changed',
    fix: 'give samples of one source, or say with the options what they have in common',
    class: 'input',
    code: 'samples-differ',
  });
}
