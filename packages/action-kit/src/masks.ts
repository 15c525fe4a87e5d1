import { setSecret } from '@actions/core';
import { keepSecret } from '@sensor-warehouse/model/secrets/secrets';
import { keepRcloneConfig } from '@sensor-warehouse/storage/rclone-secrets';

/** Hides a secret in whatever this step shows, and lets the runner mask each of its forms in the log. */
export function mask(secret: string): void {
  for (const form of keepSecret(secret)) setSecret(form);
}

/**
 * The same for everything in a configuration of rclone.
 * @returns names of options whose values are too short to be masked
 */
export function maskRcloneConfig(config: string): readonly string[] {
  const { forms, tooShort } = keepRcloneConfig(config);
  for (const form of new Set(forms)) setSecret(form);
  return tooShort;
}
