import { join } from 'node:path';
import { pageServer } from '@sensor-warehouse/explorer/serve/page-server';
import { servedDataset } from '@sensor-warehouse/explorer/serve/served-dataset';
import { drawn, listen, openBrowser, openPage } from './explorer';

/** A year inside two flats, and outside. */
const YEAR = [
  'q=temperature&from=2023-12-01T00:00&to=2024-11-29T00:00&lang=en',
  ...['sm2_01~Atrea~temp_indoor', 'sm2_08~Atrea~temp_indoor'].map((id) => `s=${encodeURIComponent(id)}`),
].join('&');

/** Takes a picture of the explorer over a dataset in each theme. */
export async function takePictures(
  dataset: string,
  themes: readonly ('light' | 'dark')[],
  folder: string,
): Promise<void> {
  const browser = await openBrowser();
  const server = await listen(pageServer(await servedDataset(dataset)));
  try {
    for (const colorScheme of themes) {
      const { page } = await openPage(browser, `${server.address}#${YEAR}`, {
        colorScheme,
        viewport: { width: 1280, height: 760 },
      });
      await drawn(page);
      await page.screenshot({ path: join(folder, `explorer-${colorScheme}.png`) });
      await page.context().close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
}
