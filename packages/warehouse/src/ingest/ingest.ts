import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Datasource } from '@sensor-warehouse/model/configuration';
import { Failure } from '@sensor-warehouse/model/failure';
import { type Finding, printable } from '@sensor-warehouse/model/finding';
import { ignoredSensorTest } from '@sensor-warehouse/model/ignored-sensors';
import { compareText } from '@sensor-warehouse/model/readings';
import { sensorIdOf } from '@sensor-warehouse/model/sensor-pattern';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store, StoredFile } from '@sensor-warehouse/storage/store';
import type { Context } from '../context';
import { type FactsManifest, readManifest } from '../facts-manifest';
import { angleFindings } from '../quality/mean-of-angles';
import { recordStage, requireConservation, writeJson } from '../run-record';
import { INGESTED } from '../stage-files';
import type { Undelivered } from '../undelivered';
import { fetchAnswers } from './fetch-answers';
import { isHidden } from './hidden-files';
import {
  ABSENT,
  absentFinding,
  hiddenFindings,
  ignoredFileFindings,
  notAFileFindings,
  subfolderFindings,
  unmatchedFindings,
} from './upload-findings';
import { uploadsOf } from './uploads';

/** One upload, downloaded and hashed. */
export interface IngestedFile {
  readonly datasource: string;
  readonly name: string;
  readonly bytes: number;
  readonly modified: number;
  readonly sha256: string;
  /** Order of arrival within the datasource and run, from 1. */
  readonly ordinal: number;
  /** Where it lies in the work folder. */
  readonly local: string;
}

export interface Ingested {
  readonly files: readonly IngestedFile[];
  /** Uploads whose bytes are in a complete facts manifest already. */
  readonly seen: readonly IngestedFile[];
  /** Datasources whose upload folder is not there: what is known of them stays as it is. */
  readonly absent: readonly string[];
  /** APIs that gave no answer, or not all of them. */
  readonly undelivered: Undelivered;
}

/**
 * Lists the upload folders of all datasources, downloads what fits their patterns, hashes it, orders it by
 * (modification time, name) and tells the new from the seen. An API that gives no answer stops nothing: the manifest says
 * so, and the run that publishes the others ends red.
 * @throws Failure when a remote cannot be listed: that is never the same as an empty folder
 */
export async function ingest(context: Context): Promise<Ingested> {
  const started = Date.now();
  const findings: Finding[] = [];
  const files: IngestedFile[] = [];
  const seen: IngestedFile[] = [];
  const undelivered: Record<string, string> = {};
  const known = await seenHashes(context.warehouse);
  for (const datasource of context.configuration.datasources) {
    const uploads = uploadsOf(context, datasource);
    if (datasource.type === 'api') {
      const problem = await fetchAnswers(context, datasource, uploads, findings);
      if (problem !== undefined) undelivered[datasource.id] = problem;
    }
    findings.push(...angleFindings(datasource, context.configuration));
    for (const file of await download(uploads, datasource, context, findings)) {
      ((await known(file, datasource)) ? seen : files).push(file);
    }
  }
  const absent = findings.filter(({ code }) => code === ABSENT).map(({ datasource }) => datasource!);
  const result: Ingested = { files, seen, absent, undelivered };
  await writeJson(join(context.work, INGESTED), result);
  const total = files.length + seen.length;
  const equation = `uploads ${total} = new ${files.length} + seen ${seen.length}`;
  requireConservation('ingest', equation, total, files.length + seen.length);
  await recordStage(context.work, {
    stage: 'ingest',
    files: total,
    in: total,
    out: files.length,
    quarantined: 0,
    repeated: seen.length,
    seconds: (Date.now() - started) / 1000,
    equation,
    findings,
  });
  return result;
}

async function download(
  uploads: Store,
  datasource: Datasource,
  context: Context,
  findings: Finding[],
): Promise<IngestedFile[]> {
  const patterns = datasource.filePatterns.map(globToTest);
  const isIgnored = ignoredFileTest(datasource);
  const listed = await listUploads(uploads);
  const hidden = listed.filter(({ path }) => path.split('/').some(isHidden));
  const here = listed.filter(({ path }) => !path.includes('/'));
  const deeper = listed.filter((file) => file.path.includes('/') && !hidden.includes(file));
  const fitting = here.filter(({ path }) => patterns.some((fits) => fits(path)));
  const wanted = fitting.filter(({ path }) => !isIgnored(path));
  const others = await uploads.listNotFiles('');
  findings.push(...subfolderFindings(datasource, deeper), ...notAFileFindings(datasource, others));
  if (here.length === 0 && !(await uploads.isThere())) findings.push(absentFinding(datasource, uploads.name));
  const unmatched = here.filter((file) => !fitting.includes(file) && !hidden.includes(file));
  findings.push(...unmatchedFindings(datasource, unmatched), ...hiddenFindings(datasource, hidden));
  findings.push(
    ...ignoredFileFindings(
      datasource,
      fitting.filter((file) => !wanted.includes(file)),
    ),
  );
  wanted.sort((a, b) => a.modified - b.modified || compareText(a.path, b.path));
  const folder = join(context.work, 'raw', datasource.id);
  await mkdir(folder, { recursive: true });
  const local = (index: number) => join(folder, String(index + 1).padStart(6, '0'));
  if (wanted.length > 0) context.say(`ingest: ${wanted.length} uploads of ${datasource.id} from ${uploads.name}`);
  await uploads.downloadAll(new Map(wanted.map(({ path }, index) => [path, local(index)])));
  const files: IngestedFile[] = [];
  for (const [index, { path, bytes, modified }] of wanted.entries()) {
    files.push({
      datasource: datasource.id,
      name: basename(path),
      bytes,
      modified,
      sha256: await sha256OfFile(local(index)),
      ordinal: index + 1,
      local: local(index),
    });
  }
  return files;
}

/** Two files of one name are nobody's business in a folder that is left alone: then only the uploads are listed. */
function listUploads(uploads: Store): Promise<StoredFile[]> {
  return uploads.list('').catch((error: unknown) => {
    if (error instanceof Failure && error.details.code === 'same-name-twice') return uploads.listHere('');
    throw error;
  });
}

/**
 * Seen means: the hash is in a complete facts manifest, and no mapping was missing for it. The raw archive's names carry
 * the first digits of the hash, so only manifests of generations that may hold the file are read.
 */
export async function seenHashes(
  warehouse: Store,
): Promise<(file: Pick<IngestedFile, 'datasource' | 'sha256'>, datasource: Datasource) => Promise<boolean>> {
  const generations = new Map<string, Set<string>>();
  for (const { path } of await warehouse.list('raw')) {
    const match = /^raw\/([^/]+)\/([^/]+)\/([0-9a-f]{12})_/.exec(path);
    if (match === null) continue;
    const key = `${match[1]}/${match[3]}`;
    generations.set(key, (generations.get(key) ?? new Set()).add(match[2]!));
  }
  const manifests = new Map<string, FactsManifest | undefined>();
  return async (file, { afterIngest }) => {
    for (const generation of generations.get(`${file.datasource}/${file.sha256.slice(0, 12)}`) ?? []) {
      if (!manifests.has(generation)) manifests.set(generation, await readManifest(warehouse, generation));
      const manifest = manifests.get(generation);
      const handedOver = manifest?.files.find(
        (one) => one.datasource === file.datasource && one.sha256 === file.sha256,
      );
      // Where uploads stay in their folder, nobody has sent this one again.
      if (handedOver === undefined || (handedOver.rejected > 0 && afterIngest !== 'keep')) continue;
      return true;
    }
    return false;
  };
}

/** Tells the files of a source that are of a sensor which it ignores: they are not opened, for they may hold anything. */
function ignoredFileTest(datasource: Datasource): (name: string) => boolean {
  if (datasource.layout !== 'file-per-sensor') return () => false;
  const isIgnored = ignoredSensorTest(datasource);
  return (name) => isIgnored(sensorIdOf(name, datasource.sensorPattern) ?? '');
}

/**
 * A file pattern with `*` and `?`, case-insensitive; compiled without backtracking into a plain matcher. No pattern takes a
 * hidden file.
 */
export function globToTest(pattern: string): (name: string) => boolean {
  const glob = pattern.normalize('NFC').toLowerCase();
  if (glob.includes('**')) {
    throw new Failure({
      stage: 'ingest',
      what: `the file_pattern ${printable(pattern)} is not understood`,
      fix: 'use single * and ? only',
      class: 'config',
      code: 'seed-error',
    });
  }
  return (name) => {
    if (isHidden(name)) return false;
    const text = name.normalize('NFC').toLowerCase();
    let at = 0;
    let star = -1;
    let retry = 0;
    let p = 0;
    while (at < text.length) {
      // A star first: a name may hold one too, and would be taken for the same letter.
      if (glob[p] === '*') {
        star = p++;
        retry = at;
      } else if (p < glob.length && (glob[p] === '?' || glob[p] === text[at])) {
        p++;
        at++;
      } else if (star >= 0) {
        p = star + 1;
        at = ++retry;
      } else return false;
    }
    while (glob[p] === '*') p++;
    return p === glob.length;
  };
}
