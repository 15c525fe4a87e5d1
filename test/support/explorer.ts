import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pageServer, type Served } from '@sensor-warehouse/explorer/serve/page-server';
import { servedDataset } from '@sensor-warehouse/explorer/serve/served-dataset';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { buildExplorer } from '../../scripts/build-explorer.mjs';
import { BUILDING, DECADE, FORTY, madePublic } from './made-public';

/** Tests run in the root; scripts that bundle this module go there. */
const root = process.cwd();

const MADE = { building: BUILDING, forty: FORTY, decade: DECADE };

/** The folder of a made dataset, which is made once for each state of what makes it. */
export async function madeFolder(name: keyof typeof MADE): Promise<string> {
  const source = readFileSync(join(root, 'test', 'support', 'made-public.ts'));
  const kept = join(root, 'build', 'made-public', createHash('sha256').update(source).digest('hex').slice(0, 12));
  const folder = join(kept, name);
  if (existsSync(folder)) return folder;
  const half = `${folder}-${process.pid}`;
  await madePublic(half, MADE[name]);
  try {
    renameSync(half, folder);
  } catch {
    rmSync(half, { recursive: true }); // another process was quicker
  }
  return folder;
}

/** A server of a page, and what was asked of it. */
export interface TestServer {
  readonly address: string;
  /** Bytes of the answers by name, since the last `forget`. */
  readonly sent: Map<string, number>;
  forget(): void;
  close(): Promise<void>;
}

/** How a server may spoil what it serves. */
export type Spoil = (name: string, served: Served | undefined) => Served | undefined | Promise<Served | undefined>;

/** Serves a made dataset with the page of these sources. @param spoil changes what is served, while the server runs */
export async function serveMade(name: keyof typeof MADE, spoil: Spoil = (_, served) => served): Promise<TestServer> {
  const find = await servedDataset(await madeFolder(name));
  return listen(pageServer(async (name) => spoil(name, await find(name))));
}

/** Counts what a server sends, and gives it a port. */
export async function listen(server: Server): Promise<TestServer> {
  const sent = new Map<string, number>();
  server.on('request', (request, response) => {
    const name = decodeURIComponent(request.url!.slice(1).split('?')[0]!) || 'index.html';
    response.on('finish', () =>
      sent.set(name, (sent.get(name) ?? 0) + Number(response.getHeader('Content-Length') ?? 0)),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sent,
    forget: () => sent.clear(),
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** A Chromium with the page of these sources. */
export async function openBrowser(): Promise<Browser> {
  await buildExplorer();
  return chromium.launch({ executablePath: process.env.CHROMIUM!, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** Sizes of the two screens that the page is made for. */
export const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;

export interface OpenPage {
  readonly page: Page;
  /** What the page itself complained about. */
  readonly complaints: readonly string[];
}

/** Opens an address, and waits until the chart is drawn or something stands in its place. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    ...SCREENS.desktop,
    locale: 'en-GB',
    timezoneId: 'America/Los_Angeles',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  await page.goto(address);
  return { page, complaints };
}

/** Waits until what is chosen is on the screen. */
export async function drawn(page: Page): Promise<void> {
  await page.locator('main.stage:not(.loading) .chart canvas').first().waitFor();
}

/** The part of a link that chooses series of the made datasets, all of one quantity. */
export const chosen = (...names: string[]) =>
  names
    .map(
      (name) =>
        `s=${encodeURIComponent(`${name.includes('~') ? name : `${encodeURIComponent(name)}~indoor~temp_indoor`}`)}`,
    )
    .join('&');
