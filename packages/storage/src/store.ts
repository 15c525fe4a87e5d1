/** A file as a listing shows it. */
export interface StoredFile {
  /** Path below the store's root, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Modification time, milliseconds since the epoch. */
  readonly modified: number;
}

/** What lies in a folder and cannot be read as a file: a link could name any file, a pipe never ends. */
export interface NotAFile {
  readonly path: string;
  readonly kind: 'symbolic link' | 'pipe' | 'socket' | 'device' | 'name that is not UTF-8';
}

/**
 * A folder somewhere: on this machine or behind rclone. Paths are relative to its root and use `/`.
 * Every method throws a Failure of class remote-temporary or remote-permanent when the remote does not do its part.
 */
export interface Store {
  /** How messages name it, such as `sm2drive:Warehouse`. Never holds a secret. */
  readonly name: string;
  /** All files below `folder`, sorted by path; an absent folder is an empty one. */
  list(folder: string): Promise<StoredFile[]>;
  /** Files directly in `folder`, sorted by path. */
  listHere(folder: string): Promise<StoredFile[]>;
  /** What no listing shows, directly in `folder`, sorted by path. Remotes behind rclone keep no such things. */
  listNotFiles(folder: string): Promise<NotAFile[]>;
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
  remove(path: string): Promise<void>;
}
