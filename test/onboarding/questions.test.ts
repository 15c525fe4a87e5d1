import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ADD_DATASOURCE } from '@sensor-warehouse/cli/commands/add-datasource';
import { lookAtAll } from '@sensor-warehouse/cli/options/read-samples';
import { askUntilSettled, type Settle } from '@sensor-warehouse/cli/options/settle-source';
import { askOn } from '@sensor-warehouse/cli/terminal/ask';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { declaredForm } from '@sensor-warehouse/warehouse/onboarding/settle-form';
import { settleSource } from '@sensor-warehouse/warehouse/onboarding/settle-source';
import { beforeAll, describe, expect, test } from 'vitest';

const NOW = Date.UTC(2024, 10, 29);
const NAME = 'cellar_1.csv';
const TEXT = 'Time;Supply (°C);Note\n02/10/2024 10:00;55;ok\n02/10/2024 11:00;56;ok\n';

/** Types answers, each when it is asked for, and reads what stands on the terminal at the end. */
async function answering(settle: Settle, answers: readonly string[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  const rest = [...answers];
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (!shown.endsWith(': ')) return;
    const next = rest.shift();
    if (next === undefined) input.end();
    else input.write(`${next}\n`);
  });
  const asking = askOn(input, output);
  try {
    const { plan } = await askUntilSettled({}, settle, asking, ADD_DATASOURCE);
    return { plan, shown, left: rest };
  } finally {
    asking.close();
  }
}

describe('the questions of add-datasource at a terminal', () => {
  let settle: Settle;

  beforeAll(async () => {
    const configuration = await loadConfiguration(fileURLToPath(new URL('../../seeds', import.meta.url)));
    settle = (given) => {
      const mistakes: string[] = [];
      const form = declaredForm(given, mistakes);
      const look = lookAtAll([{ name: NAME, bytes: Buffer.from(TEXT) }], NOW, form);
      const settled = settleSource(look, [NAME], given, configuration);
      return { look, ...settled, mistakes: [...mistakes, ...settled.mistakes] };
    };
  });

  const ANSWERS = ['', '', 'mydrive:Cellar', '', 'Europe/Prague', ',', '%d/%m/%Y %H:%M', 'temp_supply@cellar', ''];

  test('take the proposal for an empty line, and what was typed for any other', async () => {
    const { plan, left } = await answering(settle, [...ANSWERS, '', 'Cellar']);
    expect(left).toEqual([]);
    expect(plan).toEqual({
      id: 'cellar',
      layout: 'wide',
      row: {
        datasource_id: 'cellar',
        name: 'cellar',
        type: 'csv',
        location: 'mydrive:Cellar',
        file_pattern: 'cellar_*.csv',
        required_columns: 'Time',
        data_type: 'temperature',
        datetime_format: '%d/%m/%Y %H:%M',
        timezone: 'Europe/Prague',
        delimiter: ';',
        decimal: ',',
      },
      columns: [{ label: 'Supply (°C)', dataKey: 'temp_supply', location: 'cellar' }],
      sensors: [],
      ignored: [{ column: 'Note', reason: 'not needed so far' }],
      dataKeys: [
        {
          data_key: 'temp_supply',
          measurement: 'nonadditive',
          unit: '°C',
          quantity: 'temperature',
          minimum: '-40',
          maximum: '80',
          description: 'temperature in °C',
        },
      ],
      publicNames: [{ from: 'cellar', to: 'Cellar' }],
    });
  });

  test('say why an answer is invalid, and ask again', async () => {
    const wrong = [...ANSWERS, '', 'Cellar'];
    wrong.splice(4, 0, 'Prague');
    wrong.splice(0, 0, 'indoor', 'My cellar');
    const { plan, shown } = await answering(settle, wrong);
    expect(plan.id).toBe('cellar');
    expect(shown).toContain('--id "indoor" is taken');
    expect(shown).toContain('--id "My cellar" is not a name of lower-case letters, digits and _');
    expect(shown).toContain('--timezone "Prague" is not an IANA time zone');
  });

  test('have no proposal where nothing suggests one: an empty line is asked again', async () => {
    const twice = [...ANSWERS, '', 'Cellar'];
    twice.splice(2, 0, '');
    twice.splice(7, 0, '');
    const { plan, shown } = await answering(settle, twice);
    expect(plan.row.datetime_format).toBe('%d/%m/%Y %H:%M');
    expect(shown.split('where uploads arrive')).toHaveLength(3);
  });

  test('are answered by lines that were pasted ahead, too', async () => {
    const input = new PassThrough();
    const asking = askOn(input, new PassThrough());
    input.write(`${[...ANSWERS, '', 'Cellar'].join('\n')}\n`);
    const { plan } = await askUntilSettled({}, settle, asking, ADD_DATASOURCE);
    asking.close();
    expect(plan.publicNames).toEqual([{ from: 'cellar', to: 'Cellar' }]);
  });

  test('that are left before the end end the command, and nothing is done', async () => {
    await expect(answering(settle, ANSWERS.slice(0, 3))).rejects.toThrow('not all questions were answered');
  });
});
