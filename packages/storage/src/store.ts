/** A file as a listing shows it. */
export interface StoredFile {
  /** Path below the store's root, with `/`. */
  readonly path: string;
  /** Undefined where the remote does not say. */
  readonly bytes: number | undefined;
  /** Modification time, milliseconds since the epoch. */
  readonly modified: number;
}

/** An entry that cannot be taken as a file: a link could name any file, a pipe never ends. */
export interface NotAFile {
  readonly path: string;
  readonly kind:
    | 'symbolic link'
    | 'pipe'
    | 'socket'
    | 'device'
    | 'name that is not UTF-8'
    | 'name that two files have'
    | 'name that no store accepts'
    | 'folder that cannot be listed';
}

/** Everything below a folder: a path is in one of the lists, once. */
export interface Survey {
  readonly files: readonly StoredFile[];
  readonly others: readonly NotAFile[];
}

/**
 * A folder somewhere: on this machine or behind rclone. Paths are relative to its root and use `/`; one that leads
 * elsewhere is refused before anything is asked (`checkedPath`). Every method throws a Failure of class remote-temporary
 * or remote-permanent when the remote does not do its part.
 */
export interface Store {
  /** Its name in messages, such as `sm2drive:Warehouse`. Never holds a secret. */
  readonly name: string;
  /**
   * All files below `folder`, sorted by path; an absent folder is an empty one.
   * @throws Failure (input, same-name-twice) if two files have one path
   */
  list(folder: string): Promise<StoredFile[]>;
  /** Files directly in `folder`, sorted by path; throws as `list` does. */
  listHere(folder: string): Promise<StoredFile[]>;
  /**
   * Everything below a folder that others write, with what no listing shows. What lies there never makes it throw: only a
   * remote that does not answer does. Files that a killed run had set aside (`removeSame`) get their names back.
   */
  survey(folder: string): Promise<Survey>;
  /**
   * Half-written files that no listing shows and nobody works on any longer: runs that wrote them were killed.
   * @param now milliseconds since the epoch
   */
  listAbandoned(now: number): Promise<StoredFile[]>;
  /** Whether the store's own folder is there. Remotes that keep no folders, such as S3, always say so. */
  isThere(): Promise<boolean>;
  /** The file's text, or undefined if there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Copies a file of the store to this machine. */
  download(path: string, toFile: string): Promise<void>;
  /** Copies many files at once: path in the store → file here. */
  downloadAll(files: ReadonlyMap<string, string>): Promise<void>;
  /** Writes or replaces one file. */
  upload(fromFile: string, path: string): Promise<void>;
  /**
   * Writes a file that must never change: absent → written, same bytes → left alone,
   * other bytes → Failure `write-once-violated`.
   */
  uploadOnce(fromFile: string, path: string): Promise<void>;
  /** Writes or replaces files of a folder of this machine in a folder of the store, all at once, under their names. */
  uploadAll(fromFolder: string, toFolder: string, names: readonly string[]): Promise<void>;
  /**
   * Copies files of a folder into another one of the same store, on the remote's side where it can; what is there is replaced.
   * Whether all have arrived is for the caller to see: a remote leaves out a file that is missing.
   */
  copyAll(fromFolder: string, toFolder: string, names: readonly string[]): Promise<void>;
  /** Removes a file; one that is not there stays so. */
  remove(path: string): Promise<void>;
  /** Removes many files at once. */
  removeAll(paths: readonly string[]): Promise<void>;
  /**
   * Removes a file only if it has these bytes: it is set aside under another name, hashed there, and gets its name back if it
   * is another file.
   * @returns whether it was removed; false also if there is none
   */
  removeSame(path: string, sha256: string): Promise<boolean>;
}
