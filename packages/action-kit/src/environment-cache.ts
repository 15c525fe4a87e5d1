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

/**
 * The Actions cache; on a runner that has none, nothing is there and nothing is kept. Its client is loaded when it is
 * asked: an action that finds its environment on the machine starts without it. "eager" keeps it in the one file of the
 * bundle: ncc names no licences of what lies in another.
 */
export function openActionsCache(): EnvironmentCache {
  return {
    restore: async (folder, key) => {
      const { isFeatureAvailable, restoreCache } = await import(/* webpackMode: "eager" */ '@actions/cache');
      if (!isFeatureAvailable()) return false;
      try {
        return (await restoreCache([folder], key)) !== undefined;
      } catch (error) {
        warning(`the cache entry ${key} cannot be used: ${printable(causeChain(error))}`);
        return false;
      }
    },
    save: async (folder, key) => {
      const { isFeatureAvailable, saveCache } = await import(/* webpackMode: "eager" */ '@actions/cache');
      if (!isFeatureAvailable()) return;
      // saveCache does not throw when the cache refuses: it returns -1.
      const saved = await saveCache([folder], key).catch((error: unknown) => {
        say(`the cache did not take ${key}: ${causeChain(error)}`);
        return -1;
      });
      say(saved === -1 ? `the cache did not take ${key}; the next run makes the environment again` : `saved as ${key}`);
    },
  };
}
