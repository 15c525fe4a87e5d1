import { printable } from '@sensor-warehouse/model/findings/finding';
import { type Problem, UnreadableFile } from '../report/report';
import { jsonCellText } from './cell-text';
import type { JsonValue } from './parse-json';

/** What a member means: an error, a success, or words that fit both. */
type Verdict = 'success' | 'failure' | 'words';

/** How a member is judged, by its name in lower case without `_` and `-`; in the order in which they are reported. */
const JUDGES: readonly (readonly [names: readonly string[], judge: (value: JsonValue) => Verdict | undefined])[] = [
  [['error', 'errors', 'fault', 'exception', 'errormessage', 'errormsg', 'errmsg'], ofMistake],
  [['message', 'msg', 'detail', 'details', 'reason', 'info'], ofWords],
  [['success', 'successful', 'ok'], ofSuccess],
  [['cod', 'code', 'status', 'statuscode', 'errorcode', 'errcode', 'errno', 'resultcode', 'retcode', 'result'], ofCode],
];
/** Members in which services lay their codes. */
const WRAPPERS = ['meta', 'header', 'head', 'response'];

const SUCCESS =
  /^(0+|2[0-9][0-9](\b.*)?|ok(ay)?|success(ful(ly)?)?|succeeded|true|normal|completed?|no[ _-]?errors?|none)$/i;
/** HTTP's codes of failure, negative numbers, and words that no success is called by. */
const FAILURE =
  /^(-[0-9]+|[45][0-9][0-9](\b.*)?|false|fault|n?ko)$|err|fail|denied|invalid|unauthori|forbidden|not.?found|exceed|expired|missing|unavailable/i;

/**
 * Checks an answer without the requested values: often it gives the reason, with a success status. A success code is
 * not an error, whatever message accompanies it.
 * @throws UnreadableFile if the answer reports a mistake
 */
export function refuseErrorAnswer(root: JsonValue | undefined): void {
  const { told, verdicts } = judged(root);
  if (verdicts.includes('failure') || (verdicts.includes('words') && !verdicts.includes('success')))
    throw new UnreadableFile(errorAnswer(told));
}

/**
 * Checks an answer with an empty list: it may say in words why it is empty. Only a failure is an error.
 * @throws UnreadableFile if the answer says so
 */
export function refuseFailedAnswer(root: JsonValue | undefined): void {
  const { told, verdicts } = judged(root);
  if (verdicts.includes('failure')) throw new UnreadableFile(errorAnswer(told));
}

function judged(root: JsonValue | undefined): { readonly told: string; readonly verdicts: readonly Verdict[] } {
  const seen = membersOf(root, true).flatMap(([name, value]) => {
    const verdict = verdictOf(name, value);
    return verdict === undefined ? [] : [{ name, value, verdict }];
  });
  const told = seen
    .sort((a, b) => rankOf(a.name) - rankOf(b.name))
    .map(({ name, value }) => `${name} ${textOf(value)}`)
    .join(', ');
  return { told, verdicts: seen.map(({ verdict }) => verdict) };
}

function membersOf(value: JsonValue | undefined, enters: boolean): (readonly [string, JsonValue])[] {
  if (value?.kind !== 'object') return [];
  return [...value.members].flatMap(([name, one]) =>
    enters && WRAPPERS.includes(name.toLowerCase()) ? membersOf(one, true) : [[name, one] as const],
  );
}

function rankOf(name: string): number {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  return JUDGES.findIndex(([names]) => names.includes(plain));
}

function verdictOf(name: string, value: JsonValue): Verdict | undefined {
  return JUDGES[rankOf(name)]?.[1](value);
}

/** `"error": null`, `false`, `0`, `""`, `[]` and an object whose own code says success are not a mistake. */
function ofMistake(value: JsonValue): Verdict | undefined {
  switch (value.kind) {
    case 'null':
      return undefined;
    case 'boolean':
      return value.value ? 'failure' : 'success';
    case 'number':
      return Number(value.text) === 0 ? 'success' : 'failure';
    case 'text':
      return value.text.trim() === '' || /^false$/i.test(value.text) || SUCCESS.test(value.text)
        ? undefined
        : 'failure';
    case 'array':
      return value.items.length === 0 ? undefined : 'failure';
    case 'object':
      if (value.members.size === 0) return undefined;
      return ofObject(value) === 'success' ? 'success' : 'failure';
  }
}

function ofSuccess(value: JsonValue): Verdict | undefined {
  if (value.kind === 'boolean') return value.value ? 'success' : 'failure';
  if (value.kind === 'number') return Number(value.text) === 0 ? 'failure' : 'success';
  if (value.kind !== 'text') return undefined;
  return SUCCESS.test(value.text) && !/^0+$/.test(value.text) ? 'success' : ofCode(value);
}

function ofCode(value: JsonValue): Verdict | undefined {
  if (value.kind === 'object') return ofObject(value);
  const text = jsonCellText(value).trim();
  if (value.kind === 'array' || text === '') return undefined;
  if (SUCCESS.test(text)) return 'success';
  return FAILURE.test(text) ? 'failure' : undefined;
}

/** `"status": {"code": 401}` and `"error": {"code": 0}`. */
function ofObject(value: JsonValue): Verdict | undefined {
  const verdicts = membersOf(value, false).map(([name, one]) => verdictOf(name, one));
  return (['failure', 'success'] as const).find((one) => verdicts.includes(one));
}

function ofWords(value: JsonValue): Verdict | undefined {
  const text = jsonCellText(value).trim();
  return text === '' || value.kind === 'object' || SUCCESS.test(text) ? undefined : 'words';
}

/** The verdict of an object's own members. */
function textOf(value: JsonValue): string {
  const own = value.kind === 'array' ? value.items[0] : value;
  if (own?.kind !== 'object') return jsonCellText(own);
  return membersOf(own, false)
    .filter(([, one]) => one.kind !== 'object' && one.kind !== 'array')
    .slice(0, 4)
    .map(([name, one]) => `${name} ${jsonCellText(one)}`)
    .join(' ');
}

function errorAnswer(told: string): Problem {
  return {
    code: 'error-answer',
    found: printable(told),
    expected: 'readings',
    message: 'the answer reports an error instead of readings',
    fix: 'do what the answer says; a key may be wrong or used up',
  };
}
