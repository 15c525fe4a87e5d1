import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';

/** Bytes of the largest document that is read as a text: one of a hundred sources over a hundred years is smaller. */
export const LARGEST_TEXT = 64 << 20;

export function textTooLarge(where: string): Failure {
  return new Failure({
    stage: 'storage',
    what: 'a document is larger than any that a run writes',
    where: printable(where),
    expected: `at most ${LARGEST_TEXT} bytes`,
    fix: 'restore the file from the remote’s version history',
    class: 'remote-permanent',
    code: 'document-too-large',
  });
}

export function writeOnceViolated(where: string): Failure {
  return new Failure({
    stage: 'storage',
    what: 'a write-once file exists with other content',
    where: printable(where),
    fix: 'find out who wrote it; move it away by hand if it does not belong to the warehouse',
    class: 'remote-permanent',
    code: 'write-once-violated',
  });
}

/** Google Drive allows two files of one name; which one is meant cannot be determined. */
export function sameNameTwice(where: string): Failure {
  return new Failure({
    stage: 'storage',
    what: 'two files have the same name',
    where: printable(where),
    fix: 'rename or remove one of them on the remote',
    class: 'input',
    code: 'same-name-twice',
  });
}

export function changedMeanwhile(where: string): Failure {
  return arrivedDiffers(where, 'a different size or time than a moment ago', 'a file that nobody is writing');
}

/** A file that differs from the remote's listing. */
export function arrivedDiffers(where: string, found: string, expected: string): Failure {
  return new Failure({
    stage: 'storage',
    what: 'a file did not arrive whole, or was written meanwhile',
    where: printable(where),
    found,
    expected,
    fix: 'run it again later',
    class: 'remote-temporary',
    code: 'arrived-differs',
  });
}

/** A remote's listing, or rclone's version of it, is invalid. */
export function listingUnreadable(where: string, found: string, expected: string): Failure {
  return new Failure({
    stage: 'storage',
    what: 'the remote’s listing is invalid',
    where: printable(where),
    found,
    expected,
    fix: 'run it again; if it persists, look at what `rclone lsjson` prints for the folder',
    class: 'remote-temporary',
    code: 'listing-unreadable',
  });
}
