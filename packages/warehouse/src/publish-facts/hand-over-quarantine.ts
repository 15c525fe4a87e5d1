import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import type { FactsManifest } from '../layout/facts-manifest';
import { quarantineFolder, type UnmappedReport, unmappedNames } from '../layout/quarantine-entry';
import { unmappedText } from '../quarantine/report-text';
import type { OpenWarehouse, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import { writeJson } from '../run/run-record';
import type { Transformed } from '../transform/transformed';
import { rawPath } from './write-generation';

/** Carries what the run refused to the warehouse. The same refusal on the next night writes the same files. */
export async function handOverQuarantine({ configuration, work, warehouse }: OpenWarehouse & Seeds): Promise<void> {
  for (const { id } of configuration.datasources) {
    const folder = quarantineFolder(id);
    const names = (await readdir(inWork(work, folder)).catch(unlessAbsent)) ?? [];
    for (const name of names.sort()) await warehouse.upload(inWork(work, folder, name), `${folder}/${name}`);
  }
}

/** Writes a report of each upload with readings that fit no mapping into the quarantine of the warehouse. */
export async function reportUnmapped(
  { work, warehouse }: OpenWarehouse,
  manifest: FactsManifest,
  transformed: Transformed,
): Promise<void> {
  for (const file of manifest.files.filter(({ rejected }) => rejected > 0)) {
    const { datasource, name, sha256, rejected } = file;
    const report: UnmappedReport = {
      datasource,
      file: name,
      sha256,
      readings: rejected,
      findings: transformed.findings.filter((one) => one.datasource === datasource && one.file === name),
      rawCopy: rawPath(file, manifest.generation),
    };
    const folder = quarantineFolder(datasource);
    const names = unmappedNames(file);
    await mkdir(inWork(work, folder), { recursive: true });
    await writeJson(inWork(work, folder, names.report), report);
    await writeFile(inWork(work, folder, names.text), unmappedText(report));
    for (const one of [names.report, names.text]) await warehouse.upload(inWork(work, folder, one), `${folder}/${one}`);
  }
}
