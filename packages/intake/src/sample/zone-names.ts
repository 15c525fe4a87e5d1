import { zoneNameIn } from './time-parts';

/** Names of zones that mean one offset wherever they are used. */
const OFFSETS: Readonly<Record<string, string>> = {
  UTC: '+00:00',
  GMT: '+00:00',
  WET: '+00:00',
  WEST: '+01:00',
  CET: '+01:00',
  CEST: '+02:00',
  MEZ: '+01:00',
  MESZ: '+02:00',
  EET: '+02:00',
  EEST: '+03:00',
};

/** A name of a zone that comes after times, and the offset from UTC that it surely means; '' for one of several. */
export interface FoundZone {
  readonly name: string;
  readonly offset: string;
}

/** The names of zones after times, each once. */
export function zonesIn(texts: readonly string[]): FoundZone[] {
  const names = new Set(texts.flatMap((text) => zoneNameIn(text) ?? []));
  return [...names].map((name) => ({ name, offset: OFFSETS[name] ?? '' }));
}

/** Milliseconds of an offset such as `+01:00`; nought for ''. */
export function millisecondsOf(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}
