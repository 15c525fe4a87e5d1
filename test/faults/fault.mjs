// Preloaded into the command line (node --import): counts the writes below FAULT_FOLDER, and at write number FAULT_AT
// kills the process, fills the disk, or waits until the file FAULT_RESUME exists. Nothing of ours is replaced: the fault
// sits between the program and Node's file system.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

const { FAULT_FOLDER, FAULT_AT, FAULT_KIND, FAULT_RESUME } = process.env;

/** What changes the disk → which argument says where. */
const WRITES = {
  appendFile: 0,
  copyFile: 1,
  cp: 1,
  link: 1,
  rename: 1,
  rm: 0,
  rmdir: 0,
  symlink: 1,
  truncate: 0,
  unlink: 0,
  writeFile: 0,
};
/** A full disk hinders only what needs room. */
const NEED_ROOM = ['appendFile', 'copyFile', 'cp', 'writeFile'];
const below = (path) => resolve(String(path)).startsWith(FAULT_FOLDER + sep);
let writes = 0;

for (const [name, where] of Object.entries(WRITES)) {
  const real = fs[name];
  fs[name] = async (...args) => {
    if (below(args[where]) && (FAULT_KIND !== 'full disk' || NEED_ROOM.includes(name))) {
      writes++;
      await FAULTS[FAULT_KIND](name, args);
    }
    return real(...args);
  };
}
syncBuiltinESMExports();

const FAULTS = {
  kill: async (name, args) => {
    if (writes !== Number(FAULT_AT)) return;
    tear(name, args);
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  },
  'full disk': async (name, args) => {
    if (writes < Number(FAULT_AT)) return;
    tear(name, args);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  },
  pause: async () => {
    if (writes !== Number(FAULT_AT)) return;
    writeFileSync(`${FAULT_RESUME}.paused`, '');
    while (!existsSync(FAULT_RESUME)) await new Promise((go) => setTimeout(go, 20));
  },
};

/** A write that does not end leaves the first half of its bytes. */
function tear(name, args) {
  const bytes = name === 'copyFile' ? readFileSync(args[0]) : name === 'writeFile' ? Buffer.from(args[1]) : undefined;
  if (bytes !== undefined) writeFileSync(args[WRITES[name]], bytes.subarray(0, bytes.length >> 1));
}
