import { closeSync, copyFileSync, openSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { asFailure } from '../src/findings/as-failure';
import { childFailure, refusalAtEnd, refusalIn } from '../src/findings/child-failure';
import { isAbsence } from '../src/findings/io-failure';

/** An error of the system, as Node gives it. */
const refusal = (code: string) =>
  Object.assign(new Error(`${code}: refused, write`), { code, errno: -1, syscall: 'write' });

describe('what the system refuses', () => {
  test.each([
    ['ENOSPC', 'remote-temporary', 'disk-full'],
    ['EDQUOT', 'remote-temporary', 'disk-full'],
    ['EMFILE', 'config', 'too-many-files'],
    ['ENFILE', 'remote-temporary', 'too-many-files'],
    ['EROFS', 'remote-permanent', 'read-only'],
    ['ENOMEM', 'remote-temporary', 'out-of-memory'],
    ['EFBIG', 'config', 'file-size-limit'],
    ['EACCES', 'remote-permanent', 'local-io'],
    ['EPERM', 'remote-permanent', 'local-io'],
    ['EIO', 'remote-permanent', 'local-io'],
    ['ELOOP', 'remote-permanent', 'local-io'],
    ['ENAMETOOLONG', 'remote-permanent', 'local-io'],
    ['EXDEV', 'remote-permanent', 'local-io'],
    ['ECONNRESET', 'remote-temporary', 'remote-unreachable'],
  ])('%s is not a bug, also as the cause of another error', (code, failureClass, told) => {
    for (const thrown of [refusal(code), new Error('around it', { cause: refusal(code) })])
      expect(asFailure(thrown, 'transform').details).toMatchObject({ class: failureClass, code: told });
  });

  test('is distinguished from a full disk itself', () => {
    const full = openSync('/dev/full', 'w');
    try {
      writeSync(full, 'x');
      expect.unreachable();
    } catch (error) {
      expect(asFailure(error, 'transform').message).toContain('class=remote-temporary code=disk-full');
    } finally {
      closeSync(full);
    }
  });

  test('names the file that could not be written, not the one that was read', () => {
    try {
      copyFileSync('/dev/null', '/proc/none');
      expect.unreachable();
    } catch (error) {
      expect(asFailure(error, 'ingest').details.where).toBe('/proc/none');
    }
  });

  test('is a bug if it does not come from the system', () => {
    expect(asFailure(new TypeError('x is not a function'), 'ingest').details.class).toBe('bug');
  });

  test('makes a file absent only by ENOENT and ENOTDIR', () => {
    expect(['ENOENT', 'ENOTDIR', 'EMFILE', 'EACCES', 'EIO'].map((code) => isAbsence(refusal(code)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('a program that ends', () => {
  const ended = (said: string, exit: number | null = 1, signal: NodeJS.Signals | null = null) =>
    childFailure('dbt', { exit, signal, said }, { stage: 'transform' })?.details.code;

  test.each([
    ['IO Error: Could not write file "/x/fact.parquet": No space left on device', 'disk-full'],
    ["OSError: [Errno 28] No space left on device: '/x'", 'disk-full'],
    ["10:00:00  [Errno 28] No space left on device: '/x/dbt.log'", 'disk-full'],
    ['Out of Memory Error: failed to offload data: see max_temp_directory_size', 'disk-full'],
    ['duckdb.OutOfMemoryException: Out of Memory Error: failed to allocate data of size 8.0 KiB', 'out-of-memory'],
    ['MemoryError', 'out-of-memory'],
    ['cannot allocate memory for thread-local data: ABORT', 'out-of-memory'],
    ["terminate called after throwing an instance of 'std::bad_alloc'", 'out-of-memory'],
    ['ImportError: libx.so: cannot open shared object file: Too many open files', 'too-many-files'],
    ["OSError: [Errno 30] Read-only file system: '/x'", 'read-only'],
    ["PermissionError: [Errno 13] Permission denied: '/x'", 'local-io'],
  ])('with %s is reported as what it is', (said, code) => {
    expect(ended(`Traceback (most recent call last):\n${said}\n`)).toBe(code);
  });

  test.each([
    ['killed', null, 'SIGKILL', 'out-of-memory'],
    ['killed below a shell', 137, null, 'out-of-memory'],
    ['crashed', null, 'SIGSEGV', 'program-ended'],
    ['stopped', null, 'SIGTERM', 'program-ended'],
  ] as const)('because it was %s is reported as that', (_, exit, signal, code) => {
    expect(ended('', exit, signal)).toBe(code);
  });

  test.each([
    'Conversion Error: Could not convert string "IO Error: No space left on device" to DOUBLE',
    'Conversion Error: Could not convert string "x\nIO Error: No space left on device" to DOUBLE',
    'IO Error: No files found that match the pattern "landing/*.parquet"',
    'Binder Error: column "no space left on device" not found',
  ])('because of its input reports that itself: %s', (said) => {
    expect(ended(said)).toBeUndefined();
    expect(refusalIn(`Runtime Error in model fact (models/fact.sql) ${said}`)).toBeUndefined();
  });

  test('and is written in Go ends its message with the system error', () => {
    expect(refusalAtEnd('Failed to copyto: write /x/y.csv: no space left on device')).toBe('ENOSPC');
    expect(refusalAtEnd('Failed to copyto: open "no space left on device": object not found')).toBeUndefined();
  });
});
