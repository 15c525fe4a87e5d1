// Preloaded into the command line (node --import), or imported by a test that runs it in its own process: counts the writes
// below FAULT_FOLDER while there is one, and at write number FAULT_AT kills the process, fills the disk, or waits until the
// file FAULT_RESUME exists. FAULT_KIND=copies disturbs nothing, but lays beside each other, in FAULT_COPIES, what a kill at
// the first, second, … last write would leave, and says in `1.json`, … what each writes. Nothing of ours is replaced: the fault sits between the program and Node's
// file system.

import { constants, cpSync, existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** What changes the disk → which argument says where. */
const WRITES = {
  appendFile: 0,
  copyFile: 1,
  cp: 1,
  link: 1,
  open: 0,
  rename: 1,
  rm: 0,
  rmdir: 0,
  symlink: 1,
  truncate: 0,
  unlink: 0,
  writeFile: 0,
};
/** A full disk hinders only what needs room. */
const NEED_ROOM = ['appendFile', 'copyFile', 'cp', 'open', 'writeFile'];
const below = (folder, path) => whereIs(path).startsWith(folder + sep);
/** Whether a call changes the disk: an opened file is written to if its flags say so. */
const isWrite = (name, args) =>
  name !== 'open' ||
  (typeof args[1] === 'number'
    ? (args[1] & (constants.O_WRONLY | constants.O_RDWR)) !== 0
    : /[wa+]/.test(args[1] ?? 'r'));
let writes = 0;

for (const [name, where] of Object.entries(WRITES)) {
  const real = fs[name];
  fs[name] = async (...args) => {
    const { FAULT_FOLDER, FAULT_KIND } = process.env;
    if (FAULT_FOLDER === undefined) writes = 0;
    else if (
      isWrite(name, args) &&
      below(FAULT_FOLDER, args[where]) &&
      (FAULT_KIND !== 'full disk' || NEED_ROOM.includes(name))
    ) {
      writes++;
      await FAULTS[FAULT_KIND](name, args, process.env);
    }
    return real(...args);
  };
}
syncBuiltinESMExports();

const FAULTS = {
  kill: async (name, args, { FAULT_AT }) => {
    if (writes !== Number(FAULT_AT)) return;
    tear(name, args);
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => {});
  },
  copies: async (name, args, { FAULT_FOLDER, FAULT_COPIES }) => {
    const copy = join(FAULT_COPIES, String(writes));
    cpSync(FAULT_FOLDER, copy, { recursive: true, preserveTimestamps: true });
    tear(name, args, (path) => join(copy, relative(FAULT_FOLDER, whereIs(path))));
    const written = relative(FAULT_FOLDER, whereIs(args[WRITES[name]]));
    writeFileSync(
      `${copy}.json`,
      JSON.stringify({ kind: `${name} ${dirname(written)}`, room: NEED_ROOM.includes(name) }),
    );
  },
  'full disk': async (name, args, { FAULT_AT }) => {
    if (writes < Number(FAULT_AT)) return;
    tear(name, args);
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  },
  pause: async (_name, _args, { FAULT_AT, FAULT_RESUME }) => {
    if (writes !== Number(FAULT_AT)) return;
    writeFileSync(`${FAULT_RESUME}.paused`, '');
    while (!existsSync(FAULT_RESUME)) await new Promise((go) => setTimeout(go, 20));
  },
};

/** The place of a path that goes by way of an open folder. */
function whereIs(path) {
  const [, descriptor, rest = ''] = /^\/proc\/self\/fd\/(\d+)(\/.*)?$/.exec(String(path)) ?? [];
  return descriptor === undefined ? resolve(String(path)) : readlinkSync(`/proc/self/fd/${descriptor}`) + rest;
}

/** A write that does not end leaves the first half of its bytes; of one to an opened file nothing is there yet. */
function tear(name, args, at = (path) => path) {
  const bytes = BYTES[name]?.(args);
  if (bytes !== undefined) writeFileSync(at(args[WRITES[name]]), bytes.subarray(0, bytes.length >> 1));
}

const BYTES = {
  copyFile: ([from]) => readFileSync(from),
  open: () => Buffer.alloc(0),
  writeFile: ([, data]) => Buffer.from(data),
};
