import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secretsIn, withSecrets } from '@sensor-warehouse/model/api-settings';
import type { Datasource } from '@sensor-warehouse/model/configuration';
import { type Finding, printable } from '@sensor-warehouse/model/finding';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { type Answer, get, LIMITS, NoAnswer } from '@sensor-warehouse/storage/http/get';
import type { Store } from '@sensor-warehouse/storage/store';
import type { Context } from '../context';
import { writeJson } from '../run-record';
import { followPages, PagingMistake } from './follow-pages';
import { apiFolder } from './uploads';

/** What an API said of its last answer, to ask for another one only if it changed (RFC 9110, 13). */
interface LastAnswer {
  /** Of the request without its secrets. */
  readonly request: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

/**
 * Asks the API of a source, and lays its answers as received among the source's uploads. A failure is a finding of this
 * source alone: nothing is lost by it, for the next run asks again.
 */
export async function fetchAnswers(
  context: Context,
  datasource: Datasource,
  uploads: Store,
  findings: Finding[],
): Promise<void> {
  const { id, location, api } = datasource;
  const report = (
    severity: Finding['severity'],
    problem: Pick<Finding, 'code' | 'message' | 'fix'> & { found: string },
  ) => findings.push({ severity, datasource: id, count: 1, ...problem, found: printable(problem.found) });
  const templates = [api.path, ...Object.values(api.query), ...Object.values(api.headers)];
  const missing = [...new Set(templates.flatMap(secretsIn))].filter((name) => !context.apis.secretOf(name));
  if (missing.length > 0) {
    report('error', {
      code: 'secret-missing',
      found: `no ${missing.join(', ')}`,
      message: 'a secret of the API is not there',
      fix: 'give it as an environment variable, in a workflow from a secret',
    });
    return;
  }
  const host = new URL(location).host;
  const request = `${location}${api.path}?${new URLSearchParams(api.query)}`;
  if (context.dryRun) return context.say(`ingest: would ask ${host} for ${id}`);
  context.say(`ingest: asking ${host} for ${id}`);
  const known = await lastAnswer(context, id, request);
  try {
    const answers = await followPages(api, firstUrl(context, datasource), (url) =>
      ask(context, datasource, url, known),
    );
    if (answers.length === 0) return context.say(`ingest: ${id} has nothing new since it was asked last`);
    await keep(context, datasource, uploads, answers);
    await remember(context, id, request, answers);
  } catch (error) {
    if (error instanceof PagingMistake) report('error', error.problem);
    else if (error instanceof Refused) {
      report('error', {
        code: 'api-refused',
        found: error.message,
        message: `${host} refuses the request`,
        fix: 'see whether the key is valid and the request is right',
      });
    } else if (error instanceof NoAnswer) {
      const passes = error.code === 'api-unreachable';
      const fix = passes ? 'nothing; the next run asks again' : 'see what the address in the row leads to';
      report(passes ? 'warning' : 'error', {
        code: error.code,
        found: error.found,
        message: `${host} gave no answer`,
        fix,
      });
    } else throw error;
  }
}

class Refused extends Error {}

function firstUrl({ apis }: Context, { location, api }: Datasource): URL {
  const secretOf = (name: string) => apis.secretOf(name) ?? '';
  const url = new URL(
    `${location.replace(/\/$/, '')}${withSecrets(api.path, (name) => encodeURIComponent(secretOf(name)))}`,
  );
  for (const [name, value] of Object.entries(api.query)) url.searchParams.set(name, withSecrets(value, secretOf));
  return url;
}

/** @returns undefined if the answer is the one of last time */
async function ask(
  { apis }: Context,
  { api }: Datasource,
  url: URL,
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
    limits: apis.limits ?? LIMITS,
    loopback: apis.loopback,
  });
  if (answer.status === 304 && known !== undefined) return undefined;
  if (answer.status !== 200) throw new Refused(`status ${answer.status}`);
  return answer;
}

/** Of pages the first alone says nothing of the others, so they are always asked for. */
async function lastAnswer({ warehouse }: Context, id: string, request: string): Promise<LastAnswer | undefined> {
  const text = await warehouse.readText(`${apiFolder(id)}/last-answer.json`);
  if (text === undefined) return undefined;
  try {
    const last = JSON.parse(text) as LastAnswer;
    return last.request === request ? last : undefined;
  } catch {
    // It only saves a download.
    return undefined;
  }
}

async function remember(
  { work, warehouse }: Context,
  id: string,
  request: string,
  answers: readonly Answer[],
): Promise<void> {
  const { etag, 'last-modified': lastModified } = answers[0]!.headers;
  if (answers.length > 1 || (etag === undefined && lastModified === undefined)) return;
  const local = join(work, 'answers', `${id}.last-answer.json`);
  const last: LastAnswer = {
    request,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  await writeJson(local, last);
  await warehouse.upload(local, `${apiFolder(id)}/last-answer.json`);
}

/** Under names that sort by time. An answer that came before has the hash of before, and is seen. */
async function keep(
  { work, now }: Context,
  { id, filePatterns }: Datasource,
  uploads: Store,
  answers: readonly Answer[],
): Promise<void> {
  const folder = join(work, 'answers', id);
  await mkdir(folder, { recursive: true });
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  for (const [index, { body }] of answers.entries()) {
    const page = answers.length === 1 ? '' : `-${String(index + 1).padStart(4, '0')}`;
    const name = filePatterns[0]!.replace('*', `${time}${page}`).replaceAll(/[*?]/g, '_');
    const local = join(folder, sha256OfBytes(body));
    await writeFile(local, body);
    await uploads.upload(local, name);
  }
}
