import { generationNumber, listGenerations, readManifest } from '@sensor-warehouse/warehouse/facts-manifest';
import { readPointer, settledOf } from '@sensor-warehouse/warehouse/pointer';
import type { Command, Options } from '../command';
import { openContext } from '../open-context';

export const STATUS: Command = {
  name: 'status',
  usage: '--warehouse PLACE',
  summary: 'what is published, waiting and held',
  needsWarehouse: true,
  examples: ['warehouse status --remote sm2drive=./drive --warehouse sm2drive:Warehouse'],
  run: status,
};

async function status(options: Options): Promise<number> {
  const context = await openContext(options, '');
  const { pointer } = await readPointer(context.warehouse);
  const waiting: { generation: string; datasource: string; facts: number; held: boolean; settled?: string }[] = [];
  for (const generation of await listGenerations(context.warehouse)) {
    const oldest = Math.min(...context.configuration.datasources.map(({ id }) => pointer.consumed[id] ?? 0));
    if (generationNumber(generation)! <= oldest) continue;
    const manifest = await readManifest(context.warehouse, generation);
    for (const { datasource, facts, held } of manifest?.sources ?? []) {
      if (manifest!.number <= (pointer.consumed[datasource] ?? 0)) continue;
      const settled = settledOf(pointer, datasource, manifest!.number)?.verdict;
      waiting.push({ generation, datasource, facts, held, ...(settled === undefined ? {} : { settled }) });
    }
  }
  // The newest manifest that names a source says whether it is held; what was settled holds no longer.
  const open = waiting.filter(({ settled }) => settled === undefined);
  const newest = new Map(open.map((one) => [one.datasource, one.held]));
  for (const one of waiting) one.held = one.settled === undefined && newest.get(one.datasource)!;
  const sources = context.configuration.datasources.map(({ id }) => {
    const mine = pointer.partitions.filter((one) => one.datasource === id);
    return {
      datasource: id,
      months: mine.length,
      from: mine[0]?.month ?? '',
      to: mine.at(-1)?.month ?? '',
      readings: mine.reduce((total, one) => total + one.archive.rows, 0),
      hours: mine.reduce((total, one) => total + one.aggregates.rows, 0),
    };
  });
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ generation: pointer.generation, version: pointer.public.version, sources, waiting }, null, 2)}\n`,
    );
    return 0;
  }
  const lines = [`generation ${pointer.generation}, public version ${pointer.public.version || 'none'}`];
  for (const one of sources) {
    lines.push(
      one.months === 0
        ? `${one.datasource}: nothing published`
        : `${one.datasource}: ${one.months} months ${one.from} to ${one.to}, ${one.readings} readings, ${one.hours} hours`,
    );
  }
  for (const one of waiting)
    lines.push(
      `waiting: ${one.datasource} ${one.generation}, ${one.facts} facts${one.held ? ', held' : ''}${one.settled === undefined ? '' : `, ${one.settled}`}`,
    );
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
