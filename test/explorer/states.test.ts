import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Served } from '@sensor-warehouse/explorer/serve/page-server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  chosen,
  drawn,
  type OpenPage,
  openBrowser,
  openPage,
  SCREENS,
  serveMade,
  type TestServer,
} from '../support/explorer';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const NOVEMBER = 'q=temperature&from=2024-11-22T00:00&to=2024-11-29T00:00&lang=en';

describe.skipIf(!process.env.CHROMIUM)('the explorer, when something is not as usual', () => {
  let browser: Browser;
  let building: TestServer;
  let forty: TestServer;
  let spoil: (name: string, served: Served | undefined) => Served | undefined | Promise<Served | undefined>;

  beforeAll(async () => {
    [browser, building, forty] = await Promise.all([
      openBrowser(),
      serveMade('building', (name, served) => spoil(name, served)),
      serveMade('forty'),
    ]);
  });
  beforeEach(() => {
    spoil = (_, served) => served;
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([building?.close(), forty?.close()]);
  });

  /** Visits in a context of its own, which ends with the visit. */
  const visit = async (address: string, look: (open: OpenPage) => Promise<void>, options = {}) => {
    const open = await openPage(browser, address, options);
    await look(open).finally(() => open.page.context().close());
  };
  const noticeOf = (page: Page) => page.locator('.notice').innerText({ timeout: 20_000 });
  const faultsOf = async (page: Page) => {
    await page.evaluate(await readFile(AXE, 'utf8'));
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
    };
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    );
  };

  it('asks for a choice when nothing is chosen', () =>
    visit(`${building.address}#${NOVEMBER}`, async ({ page }) => {
      expect(await noticeOf(page)).toContain('Choose a place in the list');
      expect(await faultsOf(page)).toEqual([]);
    }));

  it('says, in a period without readings, when there were some, and leads there', () =>
    visit(`${building.address}#${NOVEMBER}&${chosen('5NP-S3')}`, async ({ page }) => {
      expect(await noticeOf(page)).toMatch(/No readings in this period\s+The newest value is from 2 Apr 2024\./);
      expect(await faultsOf(page)).toEqual([]);
      await page.getByRole('button', { name: 'Go there' }).click();
      await page.locator('.cover').waitFor({ state: 'hidden' });
      expect(page.url()).toContain('to=2024-04-02T00');
    }));

  it('shows one reading as a dot with its one reading', () =>
    visit(`${building.address}#${NOVEMBER}&${chosen('5NP-S2')}`, async ({ page }) => {
      await drawn(page);
      expect(await page.locator('.readout').innerText()).toMatch(
        /Thu, 28 Nov 2024, 13:00–14:00 · Prague time\s+5NP-S2\s+21\.6/,
      );
    }));

  it('says that readings of hours from an earlier pipeline are not counted', () =>
    visit(
      `${building.address}#q=temperature&from=2023-02-01T00:00&to=2023-02-08T00:00&lang=en&${chosen('1NP-S1')}`,
      async ({ page }) => {
        await drawn(page);
        expect(await page.locator('.line').first().innerText()).toContain(
          'from an earlier pipeline, readings not counted',
        );
      },
    ));

  it('keeps its list while the data cannot be reached, and shows the data once it can', () => {
    spoil = (name, served) => {
      if (name.endsWith('.parquet')) throw new Error('gone');
      return served;
    };
    return visit(building.address, async ({ page }) => {
      expect(await noticeOf(page)).toContain('The data cannot be reached');
      expect(await page.locator('.place').count()).toBe(9);
      expect(await faultsOf(page)).toEqual([]);
      spoil = (_, served) => served;
      await page.getByRole('button', { name: 'Try again' }).click();
      await drawn(page);
      expect(await page.locator('.cover').isHidden()).toBe(true);
    });
  });

  it.each([
    ['are written in another form', 'files.json', { bytes: '{"format": 2}' }, 'This page cannot read this data'],
    ['are no Parquet', 'fact_hourly_2024.parquet', { bytes: 'x'.repeat(50_000) }, 'The data has changed'],
    ['are missing', 'fact_hourly_2024.parquet', undefined, 'The data is missing'],
    ['are missing whole', 'files.json', undefined, 'The data is missing'],
  ])('says what to do when files %s', (_, spoiled, instead, title) => {
    spoil = (name, served) => (name === spoiled ? instead : served);
    return visit(building.address, async ({ page }) => {
      expect(await noticeOf(page)).toContain(title);
    });
  });

  it('says that a new version was published while the page was open', () =>
    visit(`${building.address}#${NOVEMBER}&${chosen('1NP-S1')}`, async ({ page }) => {
      await drawn(page);
      spoil = (name, served) => (name === 'fact_hourly_2023.parquet' ? { bytes: 'another file' } : served);
      await page.goto(
        `${building.address}#q=temperature&from=2023-11-22T00:00&to=2023-11-29T00:00&lang=en&${chosen('1NP-S1')}`,
      );
      expect(await noticeOf(page)).toContain('The data has changed');
    }));

  it('never takes a name from the data for HTML', () =>
    visit(
      `${forty.address}#${NOVEMBER}&${chosen('<img src=x onerror="window.attacked=1">')}`,
      async ({ page, complaints }) => {
        await drawn(page);
        await page.evaluate('document.querySelector(".values").open = true');
        await page.getByRole('button', { name: 'Data' }).click();
        await page.locator('.queries pre').first().waitFor();
        expect(await page.locator('.line .name').first().innerText()).toBe('<img src=x onerror="window.attacked=1">');
        expect(await page.evaluate('window.attacked')).toBeUndefined();
        expect(await page.locator('img').count()).toBe(0);
        expect(complaints).toEqual([]);
      },
    ));

  it('has room for forty places and a name of forty letters', () =>
    visit(`${forty.address}#${NOVEMBER}&${chosen('Nejvyšší-podlaží-společenská-místnost-XL')}`, async ({ page }) => {
      await drawn(page);
      expect(await page.locator('.place').count()).toBe(40);
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      expect(wide).toBe(0);
    }));

  it.each([
    ['desktop', 'light'],
    ['desktop', 'dark'],
    ['phone', 'light'],
    ['phone', 'dark'],
  ] as const)('has no fault that axe finds, on a %s, %s', (screen, colorScheme) =>
    visit(
      `${building.address}#${NOVEMBER}&before=1&${chosen('1NP-S1', '1NP-S2')}`,
      async ({ page }) => {
        await drawn(page);
        expect(await faultsOf(page)).toEqual([]);
        if (screen === 'phone') return;
        for (const view of ['heat map', 'calendar']) {
          await page.getByRole('button', { name: view }).click();
          await drawn(page);
          expect(await faultsOf(page)).toEqual([]);
        }
        await page.getByRole('button', { name: 'Data' }).click();
        await page.locator('.queries pre').first().waitFor();
        expect(await faultsOf(page)).toEqual([]);
      },
      { ...SCREENS[screen], colorScheme },
    ),
  );

  it('without JavaScript shows the last values and the files', () =>
    visit(
      building.address,
      async ({ page }) => {
        expect(await page.locator('tbody tr').first().innerText()).toMatch(
          /^1NP-S1\s+humidity_indoor\s+2024-11-28 23:00\s+37\.96 %/,
        );
        expect(await page.getByRole('link', { name: 'fact_hourly_2024.parquet' }).count()).toBe(1);
      },
      { javaScriptEnabled: false },
    ));
});
