import type { ExplorerSummary, SeriesSummary } from '../dataset/summary';
import { WORDS } from './words';

/** Only what is beside the page is loaded, nothing is executed from text, and text cannot become HTML. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * The page `index.html` of a dataset: `explorer.js`, `explorer.css` and the dataset's files are beside it. Without
 * JavaScript it shows the last hour of every series, and the files.
 * @param metadata the dataset as JSON-LD for search engines, escaped for a script element
 */
export function explorerPage(summary: ExplorerSummary, metadata?: string): string {
  const words = WORDS.en;
  const { title, license, citation, timezone } = summary.dataset;
  const [from, to] = [
    summary.period.from.slice(0, 10),
    new Date(Date.parse(summary.period.to) - 1).toISOString().slice(0, 10),
  ];
  const places = new Set(summary.series.map(({ location }) => location)).size;
  const facts = [
    `${from} … ${to}`,
    words.hours(summary.hours.toLocaleString('en')),
    words.places(String(places)),
    words.version(summary.version),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="explorer.css">
<script type="application/json" id="summary">${inScript(summary)}</script>
${metadata === undefined ? '' : `<script type="application/ld+json">${metadata}</script>\n`}<script type="module" src="explorer.js"></script>
</head>
<body>
<div id="page">
<header class="head">
<h1>${escaped(title)}</h1>
<p class="facts">${facts.map(escaped).join(' · ')}</p>
</header>
<noscript>
<main class="static">
<p>${escaped(words.noScript)}</p>
<table>
<caption>${escaped(`${words.latest}, UTC (${timezone} for days)`)}</caption>
<thead><tr><th>place</th><th>what</th><th>hour</th><th class="number">value</th><th class="number">lowest</th><th class="number">highest</th><th class="number">readings</th></tr></thead>
<tbody>
${summary.series.map((one) => plainRow(one, summary)).join('\n')}
</tbody>
</table>
<h2>${escaped(words.files)}</h2>
<ul>
${summary.files.map(({ name, bytes }) => `<li><a href="${escaped(encodeURIComponent(name))}">${escaped(name)}</a> ${escaped(sizeText(bytes))}</li>`).join('\n')}
</ul>
<p>${escaped(words.licence)}: ${escaped(license)}. ${escaped(words.cite)}: ${escaped(citation)}</p>
</main>
</noscript>
</div>
</body>
</html>
`;
}

function plainRow({ location, dataKey, latest, lastDay }: SeriesSummary, { dataKeys }: ExplorerSummary): string {
  const key = dataKeys.find((one) => one.dataKey === dataKey);
  const number = (value: number | null | undefined) => (value === null || value === undefined ? '–' : String(value));
  const cells = [number(lastDay?.[0]), number(lastDay?.[1]), number(latest.n)];
  return [
    `<tr><th scope="row">${escaped(location)}</th><td>${escaped(dataKey)}</td>`,
    `<td>${escaped(latest.time.slice(0, 16).replace('T', ' '))}</td>`,
    `<td class="number">${number(latest.value)} ${escaped(key?.unit ?? '')}</td>`,
    ...cells.map((cell) => `<td class="number">${cell}</td>`),
    '</tr>',
  ].join('');
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it, in an element and in a quoted attribute. */
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => SIGNS[sign]!);

/** JSON that stays inside its script element: `</script` and `<!--` need a `<`. */
const inScript = (value: unknown) => JSON.stringify(value).replace(/</g, '\\u003c');
