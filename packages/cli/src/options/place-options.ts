import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Options } from '../terminal/command';

/** The options that name the warehouse and the project, as a shell takes them: for commands that a message advises. */
export function placeOptions({ remotes, warehouse, rcloneConfig, project }: Options): string {
  return [
    ...remotes.flatMap((one) => ['--remote', one]),
    ...(rcloneConfig === undefined ? [] : ['--rclone-config', rcloneConfig]),
    ...(warehouse === undefined ? [] : ['--warehouse', warehouse]),
    ...(project === '.' ? [] : ['--project', project]),
  ]
    .map(wordForShell)
    .join(' ');
}

/** A word as a shell takes it. */
export function wordForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;
}
