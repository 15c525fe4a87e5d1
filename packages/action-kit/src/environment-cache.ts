import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import { warning } from '@actions/core';
import { causeChain } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import { say } from './log';

/** Keeps folders between runs. It makes a run faster, never different: whatever it gives is checked before use. */
export interface EnvironmentCache {
  /** Whether the folder was brought back. */
  restore(folder: string, key: string): Promise<boolean>;
  save(folder: string, key: string): Promise<void>;
}

/** The Actions cache, if this runner has one. */
export function openActionsCache(): EnvironmentCache | undefined {
  if (!isFeatureAvailable()) return undefined;
  return {
    restore: async (folder, key) => {
      try {
        return (await restoreCache([folder], key)) !== undefined;
      } catch (error) {
        warning(`the cache entry ${key} cannot be used: ${printable(causeChain(error))}`);
        return false;
      }
    },
    // saveCache does not throw when the cache refuses: it returns -1.
    save: async (folder, key) => {
      const saved = await saveCache([folder], key).catch((error: unknown) => {
        say(`the cache did not take ${key}: ${causeChain(error)}`);
        return -1;
      });
      say(saved === -1 ? `the cache did not take ${key}; the next run makes the environment again` : `saved as ${key}`);
    },
  };
}
