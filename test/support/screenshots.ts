import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chosen, drawn, openPage, SCREENS, serveMade } from './explorer';

const WEEK = 'q=temperature&from=2024-11-22T00:00&to=2024-11-29T00:00&lang=en';
const AUTUMN = 'q=temperature&from=2024-03-01T00:00&to=2024-11-29T00:00&lang=en';

/** State → the link that shows it. */
const STATES = {
  week: `${WEEK}&${chosen('1NP-S1')}`,
  compare: `${WEEK}&before=1&${chosen('1NP-S2', '7NP-S1', '5NP-S1')}`,
  heat: `${AUTUMN}&view=heat&${chosen('1NP-S2', 'roof~indoor~temp_ambient')}`,
  calendar: `${AUTUMN}&view=calendar&${chosen('1NP-S1')}`,
  gap: `${WEEK}&${chosen('5NP-S3')}`,
  empty: WEEK,
};

/** Every state on both screens, in both themes. */
export async function takeScreenshots(): Promise<void> {
  const folder = join('build', 'screenshots');
  mkdirSync(folder, { recursive: true });
  const server = await serveMade('building');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM!, args: ['--no-sandbox'] });
  try {
    for (const [screen, options] of Object.entries(SCREENS))
      for (const colorScheme of ['light', 'dark'] as const)
        for (const [state, link] of Object.entries(STATES)) {
          const { page } = await openPage(browser, `${server.address}#${link}`, { ...options, colorScheme });
          if (state === 'empty') await page.locator('.place').first().waitFor();
          else await drawn(page);
          await page.screenshot({ path: join(folder, `${state}-${screen}-${colorScheme}.png`) });
          await page.context().close();
        }
  } finally {
    await browser.close();
    await server.close();
  }
}
