import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSummary } from '@sensor-warehouse/explorer/dataset/read-summary';
import { fileRanges, readFilesList } from '@sensor-warehouse/explorer/serve/folder-dataset';
import { pageServer } from '@sensor-warehouse/explorer/serve/page-server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/command-line';
import { drawn, listen, openBrowser, openPage, type TestServer } from '../support/explorer';
import { type Kept, keptWarehouse } from '../support/kept';
import { fileTree, timesWritten } from '../support/published';

let kept: Kept;
let folder: string;
let place: string;

/** Hours of an earlier pipeline, then those of a night of 0.1.0. */
beforeAll(async () => {
  kept = await keptWarehouse('example');
  folder = join(kept.folder, 'site');
  place = join(folder, 'building');
  await mkdir(place, { recursive: true });
  const old = join(root, 'test', 'moving-in', 'sm2_public_dataset.parquet');
  await ok('import-legacy', old, '--label', 'start', '--zone', 'UTC');
  await ok('aggregate-publish', '--publish-to', place);
});
afterAll(() => kept.remove());

async function ok(command: string, ...options: readonly string[]): Promise<void> {
  const { code, stderr } = await kept.run(command, options);
  if (code !== 0) throw new Error(stderr);
}

const indexIn = (folder: string) => readFile(join(folder, 'index.html'), 'utf8');
const jsonIn = async (name: string) => JSON.parse(await readFile(join(place, name), 'utf8'));
/** The folder of the version in the place, and what files.json says of its files. */
async function hashes(): Promise<readonly [version: string, hashes: ReadonlyMap<string, string>]> {
  const [{ version }, { files }] = [await jsonIn('latest.json'), await jsonIn('files.json')];
  return [version, new Map(files.map(({ name, sha256 }: { name: string; sha256: string }) => [name, sha256]))];
}
const inPage = (html: string, element: string) =>
  JSON.parse(new RegExp(`<script type="application/${element}">(.*?)</script>`, 's').exec(html)![1]!);

describe('the explorer of a published version', () => {
  it('says on its first screen what the tables say', async () => {
    const list = await readFilesList(place);
    const read = await readSummary(list, (file) => fileRanges(place, file));
    const shown = inPage(await indexIn(place), 'json" id="summary');
    expect(shown.series.length).toBeGreaterThan(5);
    const withoutCoverage = ({ coverage: _, ...series }: { coverage: string }) => series;
    expect({ ...shown, series: shown.series.map(withoutCoverage) }).toEqual({
      ...read,
      series: read.series.map(withoutCoverage),
    });
    // What is expected of a month is rounded in another order.
    for (const [at, { coverage }] of read.series.entries())
      expect(tenths(shown.series[at].coverage).map((one, month) => Math.abs(one - tenths(coverage)[month]!))).toEqual(
        tenths(coverage).map(() => expect.toSatisfy((difference: number) => difference <= 1)),
      );
  });

  it('has the description of the dataset for search engines', async () => {
    const described = inPage(await indexIn(place), 'ld\\+json');
    expect(described).toEqual(JSON.parse(await readFile(join(place, 'croissant.json'), 'utf8')));
  });

  it('is listed in files.json with its script and stylesheet, and is in the folder of each version', async () => {
    const [{ version }, { files }] = [await jsonIn('latest.json'), await jsonIn('files.json')];
    const page = ['explorer.css', 'explorer.js', 'index.html'];
    const names = files.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => page.includes(name)).sort()).toEqual(page);
    expect(await indexIn(join(place, 'versions', version))).toBe(await indexIn(place));
  });
});

describe('the next version', () => {
  it('takes over the script and the stylesheet, and has a page of its own', async () => {
    const inPublic = join(kept.warehouse, 'public');
    const [before, page, [, old]] = [await timesWritten(inPublic), await indexIn(place), await hashes()];
    await kept.layNext();
    await ok('run', '--publish-to', place);
    const [version, next] = await hashes();
    for (const name of ['explorer.js', 'explorer.css']) {
      expect(next.get(name)).toBe(old.get(name));
      expect((await fileTree(join(inPublic, 'versions', version)))[name]).toBe(next.get(name));
      expect((await timesWritten(inPublic))[name]).toBe(before[name]);
    }
    expect(await indexIn(place)).not.toBe(page);
  });

  it('has the same bytes when it is made once more', async () => {
    const list = await readFile(join(place, 'files.json'), 'utf8');
    await ok('aggregate-publish', '--publish-to', place);
    expect(await readFile(join(place, 'files.json'), 'utf8')).toBe(list);
  });
});

describe.skipIf(!process.env.CHROMIUM)('in a browser', () => {
  let browser: Browser;
  let site: TestServer;

  /** As a project's site on GitHub Pages: below the name of the repository. */
  beforeAll(async () => {
    browser = await openBrowser();
    site = await listen(
      pageServer(async (name) => (/^building\/[\w.]+$/.test(name) ? { file: join(folder, name) } : undefined)),
    );
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  it('shows a chart from the files beside it, wherever they lie', async () => {
    const { page, complaints } = await openPage(browser, `${site.address}building/index.html`);
    await drawn(page);
    expect(await page.locator('.place').count()).toBeGreaterThan(3);
    expect(await page.locator('.readout').innerText()).toMatch(/°C/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

const tenths = (coverage: string) => [...coverage].map((sign) => (sign === '-' ? 0 : Number(sign)));
