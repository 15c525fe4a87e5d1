import { type Browser, chromium, type Page } from 'playwright-core';
import { chosen, drawn, serveMade, type TestServer } from '../test/support/explorer';

/** What has to hold, in milliseconds. */
const LIMITS = { firstChart: 1000, change: 200, frame: 33 };
const RUNS = 5;
const PLACE = { a: '1NP-S1', b: '4NP-S3' };

/** By the clock, and of that what the page's own thread worked: on a busy machine the clock also counts waiting. */
interface Measured {
  readonly clock: number;
  readonly worked: number;
}

/** Measures, prints a table of medians, and returns 1 if a limit does not hold. */
export async function benchExplorer(): Promise<number> {
  const server = await serveMade('decade');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM!, args: ['--no-sandbox'] });
  try {
    return await measureAll(server, browser, await browser.newPage({ viewport: { width: 1280, height: 800 } }));
  } finally {
    await browser.close();
    await server.close();
  }
}

async function measureAll(server: TestServer, browser: Browser, page: Page): Promise<number> {
  const week = 'q=temperature&from=2024-11-22T00:00&to=2024-11-29T00:00&lang=en';
  const decade = 'q=temperature&from=2014-11-29T00:00&to=2024-11-29T00:00&lang=en';
  const rows: [string, Measured, number][] = [];
  const measure = async (name: string, limit: number, once: () => Promise<Measured>) => {
    const times: Measured[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await once());
    const median = (of: keyof Measured) => times.map((one) => one[of]).sort((a, b) => a - b)[RUNS >> 1]!;
    rows.push([name, { clock: median('clock'), worked: median('worked') }, limit]);
  };
  const traced = <T>(act: () => Promise<T>) => tracing(browser, page, act);
  const first = (link: string) => async () => {
    await page.goto('about:blank');
    const { result, tasks } = await traced(() => timed(page, () => page.goto(`${server.address}#${link}`), 'load'));
    return { clock: result, worked: sum(tasks) };
  };
  await measure('first chart: a week of one place, by hour', LIMITS.firstChart, first(`${week}&${chosen(PLACE.a)}`));
  await measure(
    'first chart: ten years of one place, by week',
    LIMITS.firstChart,
    first(`${decade}&${chosen(PLACE.a)}`),
  );
  await measure('another place, its week by hour', LIMITS.change, async () => {
    await page.goto('about:blank');
    await page.goto(`${server.address}#${week}&${chosen(PLACE.a)}`);
    await drawn(page);
    const act = () => page.evaluate(pressed(PLACE.b));
    const { result, tasks } = await traced(() => timed(page, act, 'change'));
    return { clock: result, worked: sum(tasks) };
  });
  await measure('from hours of a week to weeks of ten years', LIMITS.change, async () => {
    await page.goto('about:blank');
    await page.goto(`${server.address}#${week}&${chosen(PLACE.a)}`);
    await drawn(page);
    const act = () => page.evaluate('document.querySelector(".presets [data-value=all]").click()');
    const { result, tasks } = await traced(() => timed(page, act, 'change'));
    return { clock: result, worked: sum(tasks) };
  });
  await measure('longest frame while zooming, a year by hour', LIMITS.frame, () =>
    framesOf(
      traced,
      page,
      `${server.address}#${week.replace('2024-11-22', '2024-01-02')}&step=hour&${chosen(PLACE.a, PLACE.b)}`,
    ),
  );
  await measure('longest frame while zooming, ten years by day', LIMITS.frame, () =>
    framesOf(traced, page, `${server.address}#${decade}&step=day&${chosen(PLACE.a, PLACE.b)}`),
  );
  console.log('| what, median of 5 | ms by the clock | ms of work | limit |\n| --- | --: | --: | --: |');
  for (const [name, { clock, worked }, limit] of rows)
    console.log(`| ${name} | ${Math.round(clock)} | ${Math.round(worked)} | ${limit} |`);
  return rows.some(([, { clock }, limit]) => clock > limit) ? 1 : 0;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Does something, and gives the processor time of each task of the page's main thread meanwhile, in milliseconds. */
async function tracing<T>(
  browser: Browser,
  page: Page,
  act: () => Promise<T>,
): Promise<{ result: T; tasks: number[] }> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  const result = await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const isMain = ({ pid, tid }: TraceEvent) => threads.some((one) => one.pid === pid && one.tid === tid);
  const tasks = traceEvents.filter((one) => one.name.endsWith('RunTask') && isMain(one));
  return { result, tasks: tasks.map(({ tdur = 0 }) => tdur / 1000) };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const pressed = (name: string) =>
  `[...document.querySelectorAll('.place')].find((one) => one.querySelector('.name').textContent === ${JSON.stringify(name)}).click()`;

/** Milliseconds until the chart is drawn, by the page's own clock: of a load from its start, of a change from the press. */
async function timed(page: Page, act: () => Promise<unknown>, kind: 'load' | 'change'): Promise<number> {
  if (kind === 'load') {
    await act();
    await drawn(page);
    return (await page.evaluate('performance.getEntriesByName("drawn").at(-1).startTime')) as number;
  }
  const start = (await page.evaluate('performance.clearMarks("drawn"); performance.now()')) as number;
  await act();
  // The page's policy forbids what `waitForFunction` does.
  while (!(await page.evaluate('performance.getEntriesByName("drawn").length > 0'))) await page.waitForTimeout(10);
  return ((await page.evaluate('performance.getEntriesByName("drawn").at(-1).startTime')) as number) - start;
}

/** The longest time between two frames while the wheel turns in and out, and the longest task. */
async function framesOf(
  traced: (act: () => Promise<void>) => Promise<{ tasks: number[] }>,
  page: Page,
  address: string,
): Promise<Measured> {
  await page.goto('about:blank');
  await page.goto(address);
  await drawn(page);
  const box = (await page.locator('.u-over').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 60);
  await page.evaluate(`
    window.frames_ = [];
    let last = performance.now();
    const next = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(next); };
    requestAnimationFrame(next);
  `);
  const { tasks } = await traced(async () => {
    for (const by of [-60, 60]) for (let i = 0; i < 20; i++) await page.mouse.wheel(0, by);
  });
  const frames = (await page.evaluate('window.frames_')) as number[];
  return { clock: Math.max(...frames.slice(2)), worked: Math.max(...tasks) };
}
