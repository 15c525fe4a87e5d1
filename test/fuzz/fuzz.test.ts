import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bounds, campaign } from '../../fuzz/campaign';
import { makeCase, type RealExport, realExports } from '../../fuzz/cases';
import { makeDocumentCase } from '../../fuzz/document-cases';
import { judge } from '../../fuzz/judge';

type Reader = typeof readExport;

let folder: string;
let exports: readonly RealExport[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fuzz-test-'));
  exports = realExports(await loadConfiguration('seeds'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Faults of these cases, read by this reader. */
async function faultsOf(cases: number, read: Reader, of = exports): Promise<string[]> {
  const faults: string[] = [];
  for (let number = 0; number < cases; number++) {
    const { faults: found } = await judge(makeCase('test', number, of), join(folder, 'upload'), read);
    faults.push(...found);
  }
  return faults;
}

test('no mutated export crashes the reader, loses a line, or lands a number that it does not contain', async () => {
  expect(await faultsOf(400, readExport)).toEqual([]);
});

test('the same seed makes the same case, whatever ran before it, and another seed another one', () => {
  const made = makeCase('a', 5, exports);
  makeCase('a', 4, exports);
  expect(makeCase('a', 5, exports)).toEqual(made);
  expect(makeCase('b', 5, exports).bytes).not.toEqual(made.bytes);
});

describe('a document of a warehouse', () => {
  const documents = [
    {
      path: 'warehouse.json',
      bytes: Buffer.from(JSON.stringify({ format: 1, consumed: { indoor: 2 }, partitions: [] })),
    },
    { path: 'public/latest.json', bytes: Buffer.from(JSON.stringify({ generation: 2, version: '000002-00000000' })) },
  ];

  test('is changed alike for the same seed, whatever was changed before it, and otherwise for another', () => {
    const made = makeDocumentCase('a', 7, documents);
    makeDocumentCase('a', 6, documents);
    expect(makeDocumentCase('a', 7, documents)).toEqual(made);
    const others = [8, 9, 10, 11].map((number) => makeDocumentCase('a', number, documents).bytes.toString());
    expect(new Set([...others, made.bytes.toString()]).size).toBe(5);
  });

  test('is changed in its bytes, its fields and its values', () => {
    const changes = Array.from({ length: 60 }, (_, number) => makeDocumentCase('a', number, documents).changes).flat();
    for (const kind of [/^flip a bit$/, / gone$/, / null$/, / of another type$/, /^a value "/])
      expect(changes).toContainEqual(expect.stringMatching(kind));
  });
});

describe('a reader with a fault is found out: one that', () => {
  const readers: readonly [string, Reader, RegExp][] = [
    [
      'throws',
      async () => {
        throw new TypeError('x is undefined');
      },
      /^crash: TypeError/,
    ],
    [
      'reports a row less',
      changed((report) => {
        const { counts } = report;
        return { ...report, counts: { ...counts, lines: counts.lines - 1, landed: counts.landed - 1 } };
      }),
      /lines were counted/,
    ],
    [
      'keeps a row aside without naming it',
      changed((report) => ({ ...report, rejected: report.rejected.slice(1) })),
      /not every quarantined row is named/,
    ],
    [
      'writes its landing elsewhere',
      async (file, datasource, landing, now, room) => {
        const report = await readExport(file, datasource, landing, now, room);
        if (report.counts.landed > 0) await rename(`${landing}-000.parquet`, join(folder, 'elsewhere.parquet'));
        return report;
      },
      /rows were reported, 0 landed/,
    ],
    [
      'reads a 5 as a 6',
      async (file, datasource, landing, now, room) => {
        const path = join(folder, 'misread');
        await writeFile(path, (await readFile(file.path, 'latin1')).replaceAll(/(?<=;\d*)5/g, '6'), 'latin1');
        return readExport({ ...file, path }, datasource, landing, now, room);
      },
      /: \S+ landed of "\d*5/,
    ],
    [
      'reads clocks of another zone',
      async (file, datasource, landing, now, room) =>
        readExport(file, { ...datasource, timezone: 'UTC' }, landing, now, room),
      /Z landed of/,
    ],
    [
      'does not say what to do',
      changed((report) => ({ ...report, findings: report.findings.map((finding) => ({ ...finding, fix: '' })) })),
      /a finding says too little/,
    ],
    [
      'prints what is in a file as it is',
      changed((report) => ({
        ...report,
        findings: report.findings.map((finding) => ({ ...finding, found: '\u001b[31m' })),
      })),
      /printed raw/,
    ],
    [
      'refuses without a finding',
      changed((report) => (report.verdict === 'refused' ? { ...report, findings: [] } : report)),
      /an error is found exactly/,
    ],
  ];
  test.each(readers)('%s', async (_, read, words) => {
    expect((await faultsOf(60, read)).join('\n')).toMatch(words);
  });

  test('reads a value of an answer from another place', async () => {
    const read: Reader = async (file, datasource, ...given) => {
      const pointers = new Map(datasource.pointers).set('temp', datasource.pointers.get('humidity') ?? 'humidity');
      return readExport(file, { ...datasource, pointers }, ...given);
    };
    const answers = exports.filter(({ datasource }) => datasource.type === 'api');
    expect((await faultsOf(60, read, answers)).join('\n')).toMatch(/record \d+, temp: \d+ landed of \d+\.\d/);
  });
});

function changed(change: (report: Awaited<ReturnType<Reader>>) => Awaited<ReturnType<Reader>>): Reader {
  return async (...given) => change(await readExport(...given));
}

describe('a campaign', () => {
  const bounds: Bounds = { cases: 3, time: 60_000, deadline: 300, patience: 20_000 };
  /** A thread that does this for each case. */
  const thread = (each: string) => {
    const code = `
      import { parentPort, workerData } from 'node:worker_threads';
      const judgement = { verdict: 'accepted', landed: 2, quarantined: 1, faults: [] };
      for (let number = workerData.from; number < workerData.before; number++) {
        ${each}
        parentPort.postMessage({ number, changes: ['a change'], name: 'x.csv', judgement });
      }`;
    return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  };

  test('counts what it judged', async () => {
    expect(await campaign(thread(''), { seed: '1', from: 4 }, bounds)).toEqual({
      ...{ cases: 3, accepted: 3, refused: 0, landed: 6, quarantined: 3, failing: [] },
    });
  });

  test('ends a case that hangs, names it, and continues after it', async () => {
    const hanging = thread('if (number === 1) for (;;);');
    const { cases, failing } = await campaign(hanging, { seed: '1', from: 0 }, bounds);
    expect(cases).toBe(3);
    expect(failing).toEqual([{ number: 1, faults: ['hang: no end after 0.3 s of CPU'], changes: [] }]);
  });

  test('does not mistake waiting on a busy machine for a hang', async () => {
    const waiting = thread('await new Promise((done) => setTimeout(done, 900));');
    expect((await campaign(waiting, { seed: '1', from: 0 }, bounds)).failing).toEqual([]);
  });

  test('ends a case that waits for something that never comes', async () => {
    const waiting = thread('if (number === 1) await new Promise(() => setInterval(() => {}, 1000));');
    const { cases, failing } = await campaign(waiting, { seed: '1', from: 0 }, { ...bounds, patience: 400 });
    expect(cases).toBe(3);
    expect(failing).toEqual([{ number: 1, faults: ['hang: no end after 0.4 s'], changes: [] }]);
  });

  test('names the case in which the thread itself dies', async () => {
    const { failing } = await campaign(thread('if (number === 2) process.exit(9);'), { seed: '1', from: 0 }, bounds);
    expect(failing).toEqual([{ number: 2, faults: ['crash: the thread ended with 9'], changes: [] }]);
  });

  test('that is out of time no longer judges', async () => {
    expect((await campaign(thread(''), { seed: '1', from: 0 }, { ...bounds, time: 0 })).cases).toBe(0);
  });
});
