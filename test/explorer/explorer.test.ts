import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const NOVEMBER = 'q=temperature&from=2024-11-22T00:00&to=2024-11-29T00:00&lang=en';

describe.skipIf(!process.env.CHROMIUM)('the explorer', () => {
  let browser: Browser;
  let building: TestServer;
  let shared: OpenPage;
  let open: OpenPage | undefined;

  beforeAll(async () => {
    [browser, building] = await Promise.all([openBrowser(), serveMade('building')]);
    shared = await openPage(browser, building.address);
    await drawn(shared.page);
  });
  afterAll(async () => {
    await browser?.close();
    await building?.close();
  });
  afterEach(async () => {
    const complaints = [...shared.complaints, ...(open?.complaints ?? [])];
    await open?.page.context().close();
    open = undefined;
    expect(complaints).toEqual([]);
  });

  /** A page that begins with a link: the one that all tests share, or with options one of its own. */
  const visit = async (link: string, options?: BrowserContextOptions): Promise<Page> => {
    const address = `${building.address}${link === '' ? '' : `#${link}`}`;
    if (options !== undefined) open = await openPage(browser, address, options);
    else {
      // Where the mouse was left, it would point at a value.
      await shared.page.mouse.move(0, 0);
      await shared.page.goto(address);
    }
    const { page } = open ?? shared;
    await drawn(page);
    return page;
  };
  const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });
  const openTable = (page: Page) => page.evaluate('document.querySelector(".values").open = true');
  const readout = (page: Page) => page.locator('.readout').innerText();
  const fields = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1));

  it('first shows every place with its newest value, and the last week of one', async () => {
    const page = await visit('', {});
    const places = page.locator('.place');
    expect(await places.count()).toBe(9);
    expect(await page.getByRole('listbox').ariaSnapshot()).toContain(
      'option "1NP-S1 20.0 °C Fri, 29 Nov 2024, 00:00–01:00" [selected]',
    );
    expect(await readout(page)).toMatch(/1NP-S1\s+20\.0\s*°C\s+19\.5–20\.4 · 60 readings/);
    expect(await page.locator('.facts').innerText()).toBe(
      '1 Jan 2023 – 29 Nov 2024 · 230,472 hours · 9 places · version 2024.11.3',
    );
  });

  it('says that a sensor is silent, and since when, and gives no value for it', async () => {
    const page = await visit('', {});
    const silent = page.getByRole('option', { name: '1NP-S3' });
    expect(await silent.innerText()).toMatch(/^1NP-S3\s+silent 8 days\s+–\s*°C\s+no value, Wed, 20 Nov/);
  });

  it('draws no line over a gap, and names the gap to a screen reader', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S1')}`);
    await page.locator('.chart').focus();
    for (let i = 0; i < 80; i++) await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('status').innerText()).toMatch(/^Mon, 25 Nov 2024, .*: 1NP-S1, no data$/);
  });

  it('shows the value under the mouse with its range and its readings', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    const box = (await page.locator('.u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    expect(await readout(page)).toMatch(
      /^Mon, 25 Nov 2024, 13:00–14:00 · Prague time\s+1NP-S2\s+\d\d\.\d\s*°C\s+[\d.]+–[\d.]+ · \d+ (of 60 )?readings/,
    );
  });

  it('reads a value to a screen reader when an arrow key marks it', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    await page.locator('.chart').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('status').innerText()).toBe(
      'Fri, 29 Nov 2024, 00:00–01:00: 1NP-S2, 19.9 °C, 60 readings',
    );
  });

  it('has the values behind the chart as a table', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    await openTable(page);
    const rows = page.locator('.values tbody tr');
    expect(await rows.count()).toBe(168);
    expect(await rows.last().innerText()).toMatch(
      /^Fri, 29 Nov 2024, 00:00–01:00\s+1NP-S2\s+19\.9\s+19\.5\s+20\.2\s+60 readings$/,
    );
  });

  it.each([
    ['day', '2024-11-28T00:00', 'hour'],
    ['month', '2024-10-30T00:00', 'hour'],
    ['year', '2023-11-30T00:00', 'day'],
    ['all', '2023-01-01T00:00', 'day'],
  ])('shows a %s at a press, in steps that fit', async (name, from, step) => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    await page.getByRole('group', { name: 'Period' }).getByRole('button', { name, exact: true }).click();
    await drawn(page);
    expect(fields(page).get('from')).toBe(from);
    expect(fields(page).get('to')).toBe('2024-11-29T00:00');
    expect(
      await page.getByRole('group', { name: 'One value for each' }).locator('[aria-pressed=true]').innerText(),
    ).toBe(step);
  });

  it('draws a dragged stretch larger, and the back button undoes it', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    const box = (await page.locator('.u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.25, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
    await page.mouse.up();
    const dragged = fields(page);
    expect(dragged.get('from')).toMatch(/^2024-11-23T(17|18)/);
    expect(dragged.get('to')).toMatch(/^2024-11-25T(11|12)/);
    await page.goBack();
    expect(fields(page).get('from')).toBe('2024-11-22T00:00');
    await drawn(page);
    expect(await page.locator('.period [aria-pressed=true]').innerText()).toBe('week');
  });

  it('zooms with the wheel around the mouse', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    const box = (await page.locator('.u-over').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    await page.mouse.wheel(0, -200);
    await eventually(() => fields(page).get('from')).not.toBe('2024-11-22T00:00');
    const [from, to] = ['from', 'to'].map((name) => Date.parse(`${fields(page).get(name)}Z`));
    expect(to! - from!).toBeLessThan(6 * 86_400_000);
    expect(Math.abs((from! + to!) / 2 - Date.parse('2024-11-25T12:00Z'))).toBeLessThan(3_600_000);
  });

  it('zooms and moves with keys', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    await page.locator('.chart').focus();
    await page.keyboard.press('+');
    expect([fields(page).get('from'), fields(page).get('to')]).toEqual(['2024-11-23T18:00', '2024-11-27T06:00']);
    await page.keyboard.press('Shift+ArrowLeft');
    expect(fields(page).get('from')).toBe('2024-11-22T00:00');
    await page.keyboard.press('Home');
    expect(fields(page).get('from')).toBe('2023-01-01T00:00');
  });

  it('zooms with two fingers', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`, SCREENS.phone);
    const session = await page.context().newCDPSession(page);
    const box = (await page.locator('.u-over').boundingBox())!;
    const [middle, y] = [box.x + box.width / 2, box.y + 60];
    const touch = (type: 'touchStart' | 'touchMove', half: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: [
          { x: middle - half, y },
          { x: middle + half, y },
        ],
      });
    await touch('touchStart', 30);
    for (let half = 36; half <= 90; half += 6) await touch('touchMove', half);
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await eventually(() => fields(page).get('from')).toMatch(/^2024-11-2[345]/);
  });

  it('moves the window by the strip below the chart', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    const box = (await page.getByRole('slider').boundingBox())!;
    await page.mouse.click(box.x + box.width / 2, box.y + 10);
    await eventually(() => fields(page).get('from')).toMatch(/^2023-12/);
    await page.getByRole('slider').press('ArrowRight');
    await eventually(() => fields(page).get('to')).toMatch(/^2023-12-2/);
  });

  it('compares places, the year before and the air outside', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    await page.getByRole('option', { name: '7NP-S1' }).click();
    await page.getByRole('button', { name: 'year before' }).click();
    await expect
      .poll(() => page.locator('.line .name').allInnerTexts())
      .toEqual(['1NP-S2', '7NP-S1', '1NP-S2, a year before', '7NP-S1, a year before', 'roof']);
    await page.getByRole('button', { name: 'outdoor' }).click();
    await eventually(() => page.locator('.line').count()).toBe(4);
    expect(fields(page).get('before')).toBe('1');
    expect(fields(page).get('outdoor')).toBe('0');
  });

  it('takes six places at most, and says so', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S1', '1NP-S2', '1NP-S3', '1NP-S4', '5NP-S1', '5NP-S2')}`);
    await page.getByRole('option', { name: '7NP-S1' }).click();
    expect(await page.getByRole('status').innerText()).toBe('At most 6 places at once: remove one first.');
    expect(await page.locator('[role=option][aria-selected=true]').count()).toBe(6);
  });

  it('shows another quantity of the same places', async () => {
    const page = await visit(`${NOVEMBER}&${chosen('1NP-S2')}`);
    await page.getByRole('combobox').selectOption('humidity');
    await eventually(() => readout(page)).toMatch(/1NP-S2\s+\d\d\.\d\s*%/);
    expect(fields(page).getAll('s')).toEqual(['1NP-S2~indoor~humidity_indoor']);
  });

  it('shows by a copied link what the page showed', async () => {
    const link = `q=humidity&from=2024-03-01T00:00&to=2024-09-01T00:00&lang=cs&step=week&before=1&utc=1&s=${encodeURIComponent('7NP-S1~indoor~humidity_indoor')}`;
    const page = await visit(link);
    const text = await readout(page);
    await page.getByRole('button', { name: 'rok předtím' }).click();
    await page.goBack();
    expect(await readout(page)).toBe(text);
    expect(text).toContain('UTC');
    expect(text).toMatch(/7NP-S1, rok předtím/);
  });

  it('is Czech for a Czech browser, with numbers and dates as Czechs write them', async () => {
    const page = await visit('', { locale: 'cs-CZ' });
    expect(await page.locator('html').getAttribute('lang')).toBe('cs');
    expect(await readout(page)).toMatch(
      /^pá 29\. 11\. 2024, 00:00–01:00 · čas: Praha\s+1NP-S1\s+20,0\s*°C\s+19,5–20,4 · 60 měření/,
    );
    await page.getByRole('button', { name: 'en', exact: true }).click();
    expect(await page.locator('.facts').innerText()).toContain('230,472 hours');
  });

  it('names both hours of the autumn night that the clock shows twice, and skips none in spring', async () => {
    const page = await visit(`q=temperature&from=2024-10-26T22:00&to=2024-10-27T23:00&lang=en&${chosen('1NP-S2')}`);
    await openTable(page);
    const autumn = await page.locator('.values tbody th').allInnerTexts();
    expect(autumn).toHaveLength(25);
    expect(autumn.slice(1, 5)).toEqual([
      'Sun, 27 Oct 2024, 01:00–02:00',
      'Sun, 27 Oct 2024, 02:00–02:00 UTC+2',
      'Sun, 27 Oct 2024, 02:00–03:00 UTC+1',
      'Sun, 27 Oct 2024, 03:00–04:00',
    ]);
    await visit(`q=temperature&from=2024-03-30T23:00&to=2024-03-31T22:00&lang=en&${chosen('1NP-S2')}`);
    await eventually(() => page.locator('.values tbody th').count()).toBe(23);
  });

  it('downloads what the chart shows as CSV, in Czech with decimal commas', async () => {
    const page = await visit(`${NOVEMBER.replace('lang=en', 'lang=cs')}&${chosen('1NP-S2')}`);
    await page.getByRole('button', { name: 'Data' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Data' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Stáhnout jako CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(download.suggestedFilename()).toBe('sm2_public_dataset_2024-11-22_2024-11-28_hour.csv');
    expect(lines).toHaveLength(169);
    expect(lines.at(-1)).toBe(
      '2024-11-28T23:00:00Z;2024-11-29 00:00;1NP-S2;indoor;temp_indoor;19,88;°C;60;19,52;20,23',
    );
  });

  it('changes its theme at a press, and keeps it', async () => {
    const page = await visit('', {});
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await paper()).toBe('rgb(251, 250, 248)');
    await page.getByRole('button', { name: 'theme' }).click();
    await page.getByRole('button', { name: 'theme' }).click();
    expect(await paper()).toBe('rgb(20, 20, 19)');
    await page.reload();
    expect(await paper()).toBe('rgb(20, 20, 19)');
  });

  it('is steered by the keyboard alone', async () => {
    const page = await visit('', {});
    await page.getByRole('combobox').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect
      .poll(() => fields(page).getAll('s'))
      .toEqual(['1NP-S1~indoor~temp_indoor', '1NP-S2~indoor~temp_indoor']);
  });

  it('on a phone shows the list first, and the chart above it at a touch', async () => {
    open = await openPage(browser, building.address, SCREENS.phone);
    const { page } = open;
    await page.locator('.place').first().waitFor();
    expect(await page.locator('main').isVisible()).toBe(false);
    await page.getByRole('option', { name: '1NP-S2' }).tap();
    await drawn(page);
    const sizes = await page
      .locator('.controls button:visible, .tools button')
      .evaluateAll((buttons) =>
        (buttons as unknown as { getBoundingClientRect(): { height: number } }[]).map(
          (one) => one.getBoundingClientRect().height,
        ),
      );
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44);
  });
});
