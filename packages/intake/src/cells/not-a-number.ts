import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { Problem } from '../report/report';
import { readDecimal } from './decimal';

/** Signs that look like others in a message, with their names. */
const ODD_SIGNS: Readonly<Record<string, string>> = {
  '\u00a0': 'no-break space',
  '\u202f': 'narrow no-break space',
  '\u2007': 'figure space',
  '\u2009': 'thin space',
  '\u2212': 'minus sign',
  '\u2010': 'hyphen',
  '\u2011': 'no-break hyphen',
  '\u2012': 'figure dash',
  '\u2013': 'en dash',
  '\u2014': 'em dash',
  '\uff0d': 'fullwidth hyphen',
  "'": 'apostrophe',
  '\u2019': 'right single quotation mark',
  '`': 'grave accent',
  '\u00b4': 'acute accent',
  '\u066b': 'Arabic decimal separator',
  '\u066c': 'Arabic thousands separator',
  '\uff0e': 'fullwidth full stop',
  '\uff0c': 'fullwidth comma',
};

const GROUPS: readonly (readonly [name: Datasource['thousands'], marks: string])[] = [
  ['space', ' \u00a0\u202f\u2009'],
  ["'", "'\u2019"],
  ['.', '.'],
  [',', ','],
];
/** A number, and then something else. */
const WITH_UNIT = /^([+\u2212-]?[0-9][0-9.,eE+-]*)\s*([^\s0-9.,+\u2212'-][^0-9]{0,11})$/u;

/** Why a cell is not a number, and what would make it one. */
export function notANumber(text: string, label: string, datasource: Datasource): Problem {
  const odd = [...new Set(text)].filter((sign) => Object.hasOwn(ODD_SIGNS, sign)).map(nameOf);
  return {
    code: 'type-error',
    column: label,
    found: `${quoted(text)}${odd.length === 0 ? '' : `, with ${odd.join(', ')}`}`,
    expected: expectedNumber(datasource),
    message: `a cell of ${quoted(label)} is not a number`,
    fix: `${fixOf(text, datasource)}, or add the text to null_values if it means «no value»`,
  };
}

/** Such as `U+00A0 no-break space`. */
function nameOf(sign: string): string {
  return `U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} ${ODD_SIGNS[sign]}`;
}

function expectedNumber({ decimal, thousands, cellUnits }: Datasource): string {
  const groups =
    thousands === ''
      ? ''
      : `, ${thousands === 'space' ? 'a space' : quoted(thousands)} before each three digits or nowhere`;
  const units = cellUnits.length === 0 ? '' : `, alone or with ${cellUnits.join(' or ')} after it`;
  return `a number with the decimal mark ${quoted(decimal)}${groups}${units}`;
}

function fixOf(text: string, datasource: Datasource): string {
  const { decimal, thousands, cellUnits } = datasource;
  const [, number, unit] = WITH_UNIT.exec(text) ?? [];
  if (number !== undefined && unit !== undefined && isNumber(number.replace('\u2212', '-'), decimal)) {
    if (cellUnits.includes(unit)) return 'correct the cell';
    return `declare ${quoted([...cellUnits, unit].join(';'))} as cell_units if the number is right in that unit`;
  }
  for (const [name, marks] of GROUPS) {
    if (name === thousands || name === decimal) continue;
    const grouped = new RegExp(`^[+\u2212-]?[1-9][0-9]{0,2}([${marks}][0-9]{3})+(?![0-9])`);
    const without = text.replace(new RegExp(`[${marks}]`, 'g'), '').replace('\u2212', '-');
    if (grouped.test(text) && isNumber(without, decimal))
      return `declare ${name === 'space' ? 'space' : quoted(name)} as thousands if it groups the digits`;
  }
  return 'correct the cell';
}

function isNumber(text: string, decimal: string): boolean {
  const bytes = Buffer.from(text, 'utf8');
  return !Number.isNaN(readDecimal(bytes, 0, bytes.length, decimal.charCodeAt(0)));
}
