import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import { type ApiSettings, secretsOf, withSecrets } from '@sensor-warehouse/model/seeds/api-settings';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { type Answer, get, type HttpLimits, LIMITS, NoAnswer } from '@sensor-warehouse/storage/http/get';
import type { Store } from '@sensor-warehouse/storage/store';
import { pathOf } from '../layout/names';
import { readWhole } from '../layout/read-document';
import type { ApiAccess, Apis, Clock, OpenWarehouse, Progress, Publishing } from '../run/context';
import { inWork } from '../run/in-work';
import { writeJson } from '../run/run-record';
import { missingSettings, settingsHint } from './api-advice';
import { DeadAnswer, refuseDeadAnswer } from './dead-answer';
import { followPages, PagingMistake } from './follow-pages';
import { type RequestWindow, requestWindows, withWindow } from './request-windows';

/** The validators of an API's last answer, used to fetch the next one only if it changed (RFC 9110, 13). */
interface LastAnswer {
  /** Digest of the request without its secrets. */
  readonly request: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

/**
 * Asks a source's API, and stores the answers as received among the source's uploads. A failure is a finding of this
 * source only, and loses nothing, because the next run asks again.
 * @returns the code of the first finding about a missing answer; undefined if all arrived
 */
export async function fetchAnswers(
  context: Publishing & Apis,
  datasource: Datasource,
  uploads: Store,
  findings: Finding[],
): Promise<string | undefined> {
  const { id, location, api } = datasource;
  const unset = await missingSettings(context, datasource);
  if (unset !== undefined) {
    findings.push(unset);
    return unset.code;
  }
  const hint = settingsHint(datasource);
  const missing = secretsOf(api).filter((name) => !context.apis.secretOf(name));
  if (missing.length > 0) {
    findings.push({
      code: 'secret-missing',
      severity: 'error',
      datasource: id,
      count: 1,
      found: `no ${missing.join(', ')}`,
      message: 'a secret of the API is not set',
      fix: 'set it as an environment variable; in a workflow, from a secret',
    });
    return 'secret-missing';
  }
  const { host } = new URL(location);
  if (context.dryRun) {
    context.say(`ingest: would ask ${host} for ${id}`);
    return undefined;
  }
  const windows = api.window === undefined ? [undefined] : requestWindows(api.window, context.now);
  let problem: string | undefined;
  for (const window of windows) {
    const asked = window === undefined ? api : inWindow(api, window);
    try {
      await fetchWindow(context, { ...datasource, api: asked }, uploads, window);
    } catch (error) {
      const finding = findingOf(error, host);
      const fix = hint === undefined ? finding.fix : `${finding.fix}; or ${hint}`;
      findings.push({ datasource: id, count: 1, severity: 'error', ...finding, fix });
      problem ??= finding.code;
      // If the host is down or rejects the key, skip the remaining windows.
      if (!(error instanceof PagingMistake || error instanceof DeadAnswer)) break;
    }
  }
  return problem;
}

function inWindow(api: ApiSettings, window: RequestWindow): ApiSettings {
  const put = (template: string) => withWindow(template, api.window!, window);
  const texts = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(all).map(([name, template]) => [name, put(template)]));
  return { ...api, path: put(api.path), query: texts(api.query), headers: texts(api.headers) };
}

async function fetchWindow(
  context: OpenWarehouse & Clock & Progress & Apis,
  datasource: Datasource,
  uploads: Store,
  window: RequestWindow | undefined,
): Promise<void> {
  const { id, location, api } = datasource;
  const { host } = new URL(location);
  const since = window === undefined ? '' : ` since ${new Date(window.start).toISOString()}`;
  context.say(`ingest: asking ${host} for ${id}${since}`);
  const request = `${location}${api.path}?${new URLSearchParams(api.query)}`;
  // The first page says nothing about the others, and one memory cannot cover several windows.
  const isSingle = api.paging === undefined && window === undefined;
  const known = isSingle ? await lastAnswer(context.warehouse, id, request) : undefined;
  const limits = context.apis.limits ?? LIMITS;
  const end = performance.now() + limits.pagesDeadline;
  const answers = await followPages(api, firstUrl(context.apis, datasource), limits.pagesBytes, (url) => {
    const deadline = Math.min(limits.deadline, end - performance.now());
    return ask(context.apis, datasource, url, { ...limits, deadline }, known);
  });
  if (answers.length === 0) return context.say(`ingest: ${id} has nothing new since the last request`);
  const secrets = secretsOf(api).map((name) => context.apis.secretOf(name)!);
  if (answers.some(({ body }) => secrets.flatMap(formsOf).some((form) => body.includes(form))))
    throw new SecretInAnswer();
  for (const { body } of answers) await refuseDeadAnswer(body, datasource, inWork(context.work, 'answers'));
  await keep(context.work, datasource, uploads, answers, window?.start ?? context.now);
  if (isSingle) await remember(context, id, request, answers);
}

/** Plain, as in an address, and as in a JSON string. */
function formsOf(secret: string): string[] {
  const inAddress = new URLSearchParams({ secret }).toString().slice('secret='.length);
  const inText = JSON.stringify(secret).slice(1, -1);
  return [secret, inAddress, encodeURIComponent(secret), inText, inText.replaceAll('/', '\\/')];
}

/** An answer that repeats a secret would carry the secret into the warehouse. */
class SecretInAnswer extends Error {}

/** @throws anything that is not an answer of an API */
function findingOf(error: unknown, host: string): Pick<Finding, 'code' | 'found' | 'message' | 'fix'> {
  if (error instanceof PagingMistake) return { ...error.problem, found: printable(error.problem.found) };
  if (error instanceof DeadAnswer)
    return { ...error.problem, found: error.problem.found ?? '', message: `${host}: ${error.problem.message}` };
  if (error instanceof SecretInAnswer) {
    return {
      code: 'secret-in-answer',
      found: 'a secret of the request',
      message: `${host} repeats a secret in its answer, which was not kept`,
      fix: 'check whether the key is valid; send it in a header if the API allows that',
    };
  }
  if (error instanceof Refused) {
    return {
      code: 'api-refused',
      found: error.message,
      message: `${host} refuses the request`,
      fix: 'check whether the key is valid and the request is correct',
    };
  }
  if (!(error instanceof NoAnswer)) throw error;
  const fixes: Partial<Record<NoAnswer['code'], string>> = {
    'api-unreachable':
      'nothing to do; the next run asks again. If this persists, check whether the service still exists',
    'header-refused': 'give the secret without a line end, and correct headers in the settings of the API',
    'certificate-refused': 'find out who answers there; nothing was sent',
  };
  return {
    code: error.code,
    found: printable(error.found),
    message: `${host} gave no answer`,
    fix: fixes[error.code] ?? 'check where the address in the row leads',
  };
}

class Refused extends Error {}

function firstUrl(apis: ApiAccess, { location, api }: Datasource): URL {
  const secretOf = (name: string) => apis.secretOf(name) ?? '';
  const url = new URL(
    `${location.replace(/\/$/, '')}${withSecrets(api.path, (name) => encodeURIComponent(secretOf(name)))}`,
  );
  for (const [name, value] of Object.entries(api.query)) url.searchParams.set(name, withSecrets(value, secretOf));
  return url;
}

/** @returns undefined if the answer is the one of last time */
async function ask(
  apis: ApiAccess,
  { api }: Datasource,
  url: URL,
  limits: HttpLimits,
  known: LastAnswer | undefined,
): Promise<Answer | undefined> {
  const headers = Object.fromEntries(
    Object.entries(api.headers).map(([name, value]) => [
      name,
      withSecrets(value, (secret) => apis.secretOf(secret) ?? ''),
    ]),
  );
  const conditions = {
    ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
    ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
  };
  const answer = await get({
    url,
    headers: { ...headers, ...conditions },
    secrets: secretsOf(api).map((name) => apis.secretOf(name)!),
    limits,
    loopback: apis.loopback,
  });
  if (answer.status === 304 && known !== undefined) return undefined;
  if (answer.status !== 200) throw new Refused(`status ${answer.status}`);
  return answer;
}

async function lastAnswer(warehouse: Store, id: string, request: string): Promise<LastAnswer | undefined> {
  const path = pathOf({ kind: 'last answer', datasource: id });
  const text = await warehouse.readText(path);
  if (text === undefined) return undefined;
  // It only saves a download, so an unreadable one counts as missing.
  const { document: last } = readWhole('last answer', text, `${warehouse.name}/${path}`);
  return last?.request === request ? last : undefined;
}

async function remember(
  { work, warehouse }: OpenWarehouse,
  id: string,
  request: string,
  answers: readonly Answer[],
): Promise<void> {
  const { etag, 'last-modified': lastModified } = answers[0]!.headers;
  if (answers.length > 1 || (etag === undefined && lastModified === undefined)) return;
  const local = inWork(work, 'answers', `${id}.last-answer.json`);
  const last: LastAnswer = {
    request,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  await writeJson(local, last);
  await warehouse.upload(local, pathOf({ kind: 'last answer', datasource: id }));
}

/** Names that sort by time: that of the window, or of the run. A repeated answer has the same hash, and is seen. */
async function keep(
  work: string,
  { id, filePatterns }: Datasource,
  uploads: Store,
  answers: readonly Answer[],
  at: number,
): Promise<void> {
  const folder = inWork(work, 'answers', id);
  await mkdir(folder, { recursive: true });
  // Without a star, all pages and all nights would have one name.
  const pattern = filePatterns.find((one) => one.includes('*'))!;
  const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  for (const [index, { body }] of answers.entries()) {
    const page = answers.length === 1 ? '' : `-${String(index + 1).padStart(4, '0')}`;
    const name = pattern.replace('*', `${time}${page}`).replaceAll(/[*?]/g, '_');
    const local = join(folder, sha256OfBytes(body));
    await writeFile(local, body);
    await uploads.upload(local, name);
  }
}
