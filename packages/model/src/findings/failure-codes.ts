import type { FailureClass } from './failure';

/** A failure that stops a run, as docs/failures.md shows it. Texts are Markdown. */
interface FailureRow {
  readonly classes: readonly FailureClass[];
  readonly happened: string;
  readonly fix: string;
}

/** Every failure that a run can end with. `npm run readmes` writes the page from it. */
export const FAILURES = {
  'source-held': {
    classes: ['input'],
    happened: 'one source waits; all others are published',
    fix: 'see [Correct a held source](operations.md#correct-a-held-source)',
  },
  refused: {
    classes: ['input'],
    happened:
      'all new uploads were refused, so there is nothing to hand over, and nothing waits; the code is usually that of the first finding',
    fix: 'see [Correct a held source](operations.md#correct-a-held-source)',
  },
  'same-name-twice': {
    classes: ['input'],
    happened: 'two files of the warehouse have the same name (Google Drive allows that); nothing was changed',
    fix: 'rename or remove one of them',
  },
  'path-escape': {
    classes: ['input'],
    happened:
      'a path leads out of its folder (`..`), or contains an empty part or a control character; the remote was not asked',
    fix: 'rename the file; if a document of the warehouse names it, that document is damaged',
  },
  'work-folder-left': {
    classes: ['bug'],
    happened: 'a path of the program leads out of its work folder; nothing was written there',
    fix: 'report it with `run.json`',
  },
  'file-missing': {
    classes: ['config'],
    happened: 'a file that a command needs does not exist, is a folder, or cannot be read; nothing was done',
    fix: 'check the path',
  },
  'legacy-file': {
    classes: ['input'],
    happened:
      '`import-legacy`, `compare`: a file is neither a dataset nor a monthly file of an earlier pipeline, or a folder has none; nothing was changed',
    fix: 'see [Moving in](moving-in.md); leave the file out, or export it again',
  },
  'legacy-shrinks': {
    classes: ['input'],
    happened: '`import-legacy`: an imported month would have fewer hours than before; nothing was changed',
    fix: 'check the files; use `--allow-fewer` if the missing hours were wrong',
  },
  'not-explorable': {
    classes: ['config'],
    happened:
      '`warehouse explore`: the folder or warehouse has no `files.json`, or a table that it lists is missing or damaged',
    fix: 'publish once with this version, or name the folder of a dataset',
  },
  'file-unmatched': {
    classes: ['input'],
    happened: '`warehouse validate`, `replay`: the name matches no `file_pattern`',
    fix: 'rename the file, or extend a `file_pattern`',
  },
  'finding-unknown': {
    classes: ['input'],
    happened: '`warehouse accept`: the file has no finding with this id that can be accepted',
    fix: 'take the id from `warehouse validate`',
  },
  'quarantine-entry': {
    classes: ['input'],
    happened: '`warehouse replay`: the quarantine has no such entry, or its file does not match its report',
    fix: 'name a report below `quarantine/`',
  },
  'upload-in-the-way': {
    classes: ['input'],
    happened: '`warehouse replay`: another upload has the same name',
    fix: 'wait until it is taken, or remove it',
  },
  'datasource-unknown': {
    classes: ['config'],
    happened: '`warehouse replay`: the source is not configured, or is switched off',
    fix: 'add its row, or enable it',
  },
  'export-refused': {
    classes: ['input'],
    happened: '`warehouse contract`: an export to be remembered is refused',
    fix: 'accept what `warehouse validate` finds, or leave the file out',
  },
  'sample-unreadable': {
    classes: ['input'],
    happened:
      '`add-datasource`: a sample is not a table with a header and one row per time (or one column per hour or date, NEM12, fixed widths …)',
    fix: 'export it again as CSV, or use the options to say how to read it',
  },
  'samples-differ': {
    classes: ['input'],
    happened: '`add-datasource`: two samples have the same name, or their formats differ',
    fix: 'give samples of one source, as they are uploaded',
  },
  'sample-refused': {
    classes: ['input'],
    happened: '`add-datasource`: a sample would be refused as an upload; nothing was changed',
    fix: 'change the option that declares what the finding names, or change the sample',
  },
  'input-error': {
    classes: ['config'],
    happened: 'the inputs of an action are invalid; all mistakes are listed at once',
    fix: 'correct the `with:` of the step',
  },
  usage: { classes: ['config'], happened: 'the command line is invalid', fix: 'see `warehouse --help`' },
  'seed-error': {
    classes: ['config'],
    happened: 'rows in `seeds/` are invalid; all mistakes are listed at once, with line and column',
    fix: 'correct the rows listed',
  },
  'source-exists': {
    classes: ['config'],
    happened: '`add-datasource`: a seed or a model of that name already exists; nothing was changed',
    fix: 'choose another `--id`, or remove the file',
  },
  'no-place-for-source': {
    classes: ['config'],
    happened:
      '`add-datasource`: the program cannot find the place for the source in the union of readings; nothing was changed',
    fix: 'write the union as in this repository, or add the source by hand',
  },
  'project-not-written': {
    classes: ['config'],
    happened:
      "`add-datasource`, `accept`, `contract`, `models --write`: the project's files cannot be replaced; none was changed",
    fix: 'make `seeds/` and `models/` writable, and try again',
  },
  'legacy-names': {
    classes: ['config'],
    happened:
      '`import-legacy`: the files have locations or data_keys that the seeds do not list; the message lists all, and nothing was changed',
    fix: 'add them to the seeds, or leave a location out with `--without`',
  },
  'stage-order': {
    classes: ['config'],
    happened: 'the work folder holds nothing from the previous stage',
    fix: 'run that stage first, with the same `work`',
  },
  'remote-config': {
    classes: ['config'],
    happened:
      'the warehouse or a location is not a valid address, its remote is neither bound nor configured, or a bound folder does not exist',
    fix: 'correct the address; compare the names in `[…]` of the secret with those in `seeds/datasources_config.csv`',
  },
  'rclone-usage': {
    classes: ['config'],
    happened: 'rclone rejects its configuration: the secret is damaged, or a remote has a different name',
    fix: 'check the secret',
  },
  'rclone-missing': {
    classes: ['config'],
    happened: 'rclone cannot be started',
    fix: 'install it, or bind the remote to a folder',
  },
  'warehouse-newer': {
    classes: ['config'],
    happened:
      'a newer program wrote a document of the warehouse in a newer format; nothing was changed, healed or restored',
    fix: 'upgrade the program that stopped: [A newer program](operations.md#a-newer-program)',
  },
  'rclone-version': { classes: ['config'], happened: 'rclone is too old', fix: 'update it' },
  'python-missing': {
    classes: ['config'],
    happened: 'Python, or the interpreter that the input `python` names, cannot be started',
    fix: 'install Python 3.10 or newer with venv, or correct the path; on a laptop run `npm run setup`',
  },
  'dbt-failed': {
    classes: ['config'],
    happened: 'dbt stopped before it ran any model or test that could explain it',
    fix: 'read dbt’s own message in the log; try `bin/warehouse refresh` on a copy of the uploads',
  },
  'dbt-model': {
    classes: ['config'],
    happened: 'a model of the dbt project failed',
    fix: 'correct the SQL of the model',
  },
  'dbt-test': {
    classes: ['config'],
    happened: 'a test of the dbt project failed',
    fix: 'look at the rows that the test selects, then correct the model or the data',
  },
  'dbt-seed': { classes: ['config'], happened: 'dbt cannot load a seed', fix: 'correct the seed' },
  'work-folder': {
    classes: ['config'],
    happened: 'dbt cannot work in a folder with this path',
    fix: 'choose another work folder, or another `TMPDIR`',
  },
  'fact-model': {
    classes: ['config'],
    happened: 'the model `fact` lacks columns, or has rows without a time or a number',
    fix: 'add the columns that the message lists',
  },
  'models-incomplete': {
    classes: ['config'],
    happened:
      'the dbt models are incomplete: a source without a model, a model missing from the union …; all gaps are listed at once, before dbt starts',
    fix: 'add the lines that the message shows',
  },
  'source-unknown': {
    classes: ['config'],
    happened: '`fct_sensor_readings` gives readings of a source that is not configured',
    fix: 'write the name of the datasource as `source`',
  },
  'readings-unaccounted': {
    classes: ['config'],
    happened: 'the source’s own models lose or invent readings',
    fix: 'unite each column once, or list it in `seeds/ignored_columns.csv`; count what a model leaves out in `rejected_readings`',
  },
  'normalized-differs': {
    classes: ['config'],
    happened: 'a monthly CSV can no longer be rebuilt from its partitions',
    fix: 'check the time zone in `seeds/aggregations.csv`',
  },
  'read-back-differs': {
    classes: ['bug'],
    happened:
      'a second reader, which reads each new Parquet file before it is uploaded, does not find what was to be written; nothing was published',
    fix: 'run it again; if that does not help, report it with `run.json`',
  },
  'level-model': {
    classes: ['config'],
    happened:
      'a dbt model in `models/3_aggregations/` has no time, a number that is not finite, or a reserved name, or reads only one night',
    fix: 'correct the model; see [Aggregation levels](aggregation-levels.md)',
  },
  'level-query': {
    classes: ['config'],
    happened:
      'the Flux query of a level gives rows that are not windows of the month, or series that the source does not have',
    fix: 'correct the query; see [Aggregation levels](aggregation-levels.md)',
  },
  'upstream-refused': {
    classes: ['config'],
    happened: 'the run that started Aggregate & Publish is not one that it may trust',
    fix: 'if Refresh was renamed or the default branch changed, correct `aggregate-and-publish.yml`; otherwise find out who started it',
  },
  'upstream-unknown': {
    classes: ['config', 'remote-temporary'],
    happened: 'GitHub gave no information about the run that started this one',
    fix: 'give the job `actions: read`; otherwise run Aggregate & Publish by hand',
  },
  environment: {
    classes: ['remote-temporary'],
    happened: 'the environment for dbt or rclone cannot be created',
    fix: 'run it again; Python must be 3.10 or newer, with venv',
  },
  'rclone-not-pinned': {
    classes: ['config'],
    happened: 'the rclone from the package index does not match the SHA-256 in the code',
    fix: 'put rclone 1.75 or newer on PATH, or use a runner with Linux or macOS on x64 or arm64',
  },
  'remote-unreachable': {
    classes: ['remote-temporary'],
    happened: 'the remote did not answer',
    fix: 'run it again later',
  },
  'remote-slow': {
    classes: ['remote-temporary'],
    happened: 'the remote did not answer in time',
    fix: 'run it again later',
  },
  'listing-unreadable': {
    classes: ['remote-temporary'],
    happened: "the remote's listing is invalid: not JSON, incomplete, or with invalid sizes or times",
    fix: 'run it again; if it persists, look at what `rclone lsjson` prints',
  },
  'arrived-differs': {
    classes: ['remote-temporary'],
    happened:
      'a downloaded file differs in size or hash from the remote’s listing, or was written meanwhile; it was not read',
    fix: 'run it again later',
  },
  'document-too-large': {
    classes: ['remote-permanent'],
    happened: 'a document of the warehouse is larger than any that a run writes (64 MiB)',
    fix: 'restore the file from the remote’s version history',
  },
  'link-in-store': {
    classes: ['remote-permanent'],
    happened:
      'a local warehouse or upload folder has a link where a file or a folder should be; the link was not followed',
    fix: 'put the file or folder there itself; only the whole warehouse or upload folder may be a link',
  },
  'remote-limit': {
    classes: ['remote-temporary'],
    happened: 'a transfer limit was reached',
    fix: 'run it again later',
  },
  'rclone-failed': {
    classes: ['remote-temporary'],
    happened: 'rclone failed in a way that is not recognised',
    fix: 'read the reason, and run it again',
  },
  'source-undelivered': {
    classes: ['config', 'remote-permanent', 'remote-temporary'],
    happened: 'an API gave no answer, or nothing new for days; everything that waited was published',
    fix: 'see [A dead API](operations.md#a-dead-api)',
  },
  'disk-full': {
    classes: ['remote-temporary'],
    happened:
      'the disk of the work folder, of temporary files (`TMPDIR`), of the warehouse or of the project is full, or its quota is used up; the message names the file or folder, even if dbt, DuckDB or rclone ran into it',
    fix: 'free space on that disk, and run it again',
  },
  'stale-run': {
    classes: ['remote-temporary'],
    happened: 'another run published or handed facts over meanwhile',
    fix: 'run it again; if it persists, something outside these workflows writes into the warehouse',
  },
  'facts-replaced': {
    classes: ['remote-temporary'],
    happened:
      'a manifest, or facts, changed between check-quality and the publication, so unchecked facts would be published; nothing was published',
    fix: 'find out who writes into the warehouse, and run it again: it begins with the checks',
  },
  'byte-count': {
    classes: ['remote-temporary'],
    happened: 'a file did not arrive whole; readers still see the previous version',
    fix: 'run it again',
  },
  'pointer-unconfirmed': {
    classes: ['remote-temporary'],
    happened: 'the pointer could not be read back as written; readers see either the old or the new version, whole',
    fix: 'run it again',
  },
  'remote-refused': {
    classes: ['remote-permanent'],
    happened: 'the remote refused the request, and will refuse it again',
    fix: 'check the account, its permissions and its quota',
  },
  'remote-not-found': {
    classes: ['remote-permanent'],
    happened: 'the folder or file does not exist',
    fix: 'check the location; run it again if the file was moved meanwhile',
  },
  'local-io': {
    classes: ['remote-permanent'],
    happened: 'a local file or folder cannot be read or written',
    fix: 'check that the folder exists and that its permissions allow it',
  },
  'pointer-damaged': {
    classes: ['remote-permanent'],
    happened: '`warehouse.json` cannot be read',
    fix: 'run `warehouse heal`, which restores the newest intact copy',
  },
  'pointer-missing': {
    classes: ['remote-permanent'],
    happened: '`warehouse.json` is missing, although something was published',
    fix: 'run `warehouse heal`, which restores the newest intact copy',
  },
  'pointer-older': {
    classes: ['remote-permanent'],
    happened:
      '`warehouse.json` is older than the one that `expected-pointer` names, or a different one of that generation',
    fix: 'find out who wrote it; copy the file of that generation in `pointers/` over it, then run `warehouse verify --every-byte`',
  },
  'pointer-lost': {
    classes: ['remote-permanent'],
    happened: 'the pointer is missing or damaged, and has no copy',
    fix: 'restore `warehouse.json` from the remote’s version history',
  },
  'partition-lost': {
    classes: ['remote-permanent'],
    happened: 'a month is missing or damaged, and can no longer be rebuilt from earlier revisions and facts',
    fix: 'run `warehouse heal`, which rebuilds it from the raw copies',
  },
  'version-lost': {
    classes: ['remote-permanent'],
    happened:
      'a file of the public version and its stable copy are damaged, and the seeds or the program have changed since it was made',
    fix: 'check out the seeds and program of that time, or publish a new version with `warehouse backfill --mode all`',
  },
  'release-churn': {
    classes: ['input'],
    happened: 'a release would remove or change more of the dataset than `seeds/release_limits.csv` allows',
    fix: 'look at the diff; if it is right, run it again with `--accept-churn`',
  },
  'publish-to-overlaps': {
    classes: ['config'],
    happened:
      '`publish-to` is, contains or is inside the warehouse, an upload folder, the work folder or a folder of the project: readers would get more than the dataset, or other files would be replaced',
    fix: 'give it a folder of its own',
  },
  'publish-to-taken': {
    classes: ['config'],
    happened:
      'the place that `publish-to` names already has other files under the dataset’s names; they were left alone',
    fix: 'name an empty folder, or move those files away; after a change of the dataset’s name, remove `latest.json` there',
  },
  'version-absent': {
    classes: ['config'],
    happened: 'the warehouse does not have that version of the dataset',
    fix: 'name one of the versions that the message lists',
  },
  'version-incomplete': {
    classes: ['remote-permanent'],
    happened: 'the older version to be published has missing or damaged files',
    fix: 'restore them from the remote’s version history, or choose another version',
  },
  'version-unreadable': {
    classes: ['remote-permanent'],
    happened: 'a table of a version of the dataset cannot be compared with another',
    fix: 'run `warehouse verify --every-byte`, then `warehouse heal`',
  },
  'verify-doubts': {
    classes: ['remote-permanent'],
    happened: 'the warehouse does not match its pointer and manifests',
    fix: 'run `warehouse heal`',
  },
  'manifest-damaged': {
    classes: ['remote-permanent'],
    happened: 'a manifest of facts cannot be read',
    fix: 'restore it from the remote’s version history',
  },
  'generation-gap': {
    classes: ['remote-permanent'],
    happened:
      'a generation of facts does not follow the previous one: a manifest between them is missing, or somebody else wrote it',
    fix: 'if the remote lists new files late, run it again later; otherwise do what the message says',
  },
  'hash-count': {
    classes: ['remote-permanent'],
    happened: 'a file of the warehouse does not match the pointer or its manifest',
    fix: 'restore it from the remote’s version history',
  },
  'write-once-violated': {
    classes: ['remote-permanent'],
    happened: 'a write-once file exists with other content',
    fix: 'find out who wrote it; restore it from the remote’s version history',
  },
  'conservation-violated': {
    classes: ['bug'],
    happened: 'readings would have been lost or invented; nothing was published',
    fix: 'keep the work folder and report it, with the record of the run',
  },
  'month-shrinks': {
    classes: ['bug', 'input'],
    happened:
      'a month would lose readings; nothing was published. `input`: a rebuild would lose them, and neither an exclusion nor a removed sensor explains it',
    fix: '`bug`: report it, with the record of the run; `input`: find the missing readings, or allow the loss',
  },
  unexpected: {
    classes: ['bug'],
    happened: 'an error that the program did not expect',
    fix: 'run it again with debug logging, and report it',
  },
  'backfill-order': {
    classes: ['config'],
    happened: 'the months, the mode or the source of a backfill are invalid',
    fix: 'correct what the message names',
  },
  'settle-what': {
    classes: ['config'],
    happened: '`warehouse release` or `discard` has no reason, or names a source that does not exist',
    fix: 'give `--reason`, and a source of `seeds/datasources_config.csv`',
  },
  'settle-nothing': {
    classes: ['config'],
    happened: 'the source has nothing waiting that could be released or discarded',
    fix: 'see `warehouse status` for what waits',
  },
  'too-many-months': {
    classes: ['config'],
    happened: 'a backfill would rebuild more (source, month) pairs than `max-months`',
    fix: 'choose a shorter range, one source, or a larger `max-months`',
  },
  'backfill-plan': {
    classes: ['config'],
    happened: 'the plan does not exist, or has no such window; it may already be published',
    fix: 'start the backfill again',
  },
  'backfill-incomplete': {
    classes: ['config'],
    happened: 'a window of the backfill is not built yet',
    fix: 'run the failed jobs again',
  },
  'backfill-staging': {
    classes: ['remote-temporary'],
    happened: 'what one job of a backfill handed to the next cannot be read',
    fix: 'start the backfill again',
  },
  'backfill-window': {
    classes: ['remote-temporary'],
    happened:
      'the result of a backfill window does not match its plan: another plan, source, month or revision, or a missing file',
    fix: 'run all jobs of the backfill again; the job of that window rebuilds it',
  },
  'raw-refused': {
    classes: ['input'],
    happened: 'today’s contract refuses a raw copy that the rebuild needs; nothing was published',
    fix: 'correct the seeds; a sensor that no longer exists may leave the mapping',
  },
  'rebuild-conflict': {
    classes: ['input'],
    happened: 'with today’s mapping, two sensors disagree in the past',
    fix: 'give both `valid_from` and `valid_to`, or different locations',
  },
  'raw-copy-damaged': {
    classes: ['remote-permanent'],
    happened: 'a raw copy that a rebuild needs is missing or changed',
    fix: 'restore it from the remote’s version history',
  },
  'influx-url': {
    classes: ['config'],
    happened: '`influx-url` is not the address of a server, or contains a user name',
    fix: 'correct it, e.g. `http://localhost:8086`',
  },
  'influx-version': {
    classes: ['config'],
    happened: 'the server is not InfluxDB 2.7 or a later 2.x; InfluxDB 3 has no Flux',
    fix: 'use another server, or the engine `embedded`',
  },
  'influx-org': {
    classes: ['config'],
    happened: 'the token gives no access to an organisation of this name',
    fix: 'correct `influx-org`, or use a token of that organisation',
  },
  'influx-token': {
    classes: ['config'],
    happened: 'InfluxDB rejects the token, or the token lacks a permission',
    fix: 'use a token that may create, read, write and drop buckets',
  },
  'influx-text': {
    classes: ['config'],
    happened: 'a location or another name cannot be written to InfluxDB',
    fix: 'change the name in the seeds, or use the engine `embedded`',
  },
  'influxd-missing': {
    classes: ['config'],
    happened: 'the engine is `influxdb`, no address was given, and `influxd` is not on PATH',
    fix: 'give an address, or install InfluxDB 2',
  },
  'influxd-start': {
    classes: ['config'],
    happened: '`influxd` does not start',
    fix: 'start it by hand and read what it prints',
  },
  'influx-unreachable': {
    classes: ['remote-temporary'],
    happened: 'InfluxDB did not answer before the deadline, or was too busy',
    fix: 'run it again; check whether the server runs and has room',
  },
  'influx-bucket-gone': {
    classes: ['remote-temporary'],
    happened: 'somebody dropped the bucket of this run',
    fix: 'run it again; find out who drops buckets',
  },
  'influx-count': {
    classes: ['remote-temporary'],
    happened: 'InfluxDB holds or returns other points than it was sent; nothing was published',
    fix: 'run it again; check whether something else writes into the bucket',
  },
  'influx-write-refused': {
    classes: ['remote-permanent'],
    happened: 'InfluxDB rejects some points, and will reject them again; the message says how many and why',
    fix: 'check what else writes into the bucket, and how short its retention is',
  },
  'influx-refused': {
    classes: ['remote-permanent'],
    happened: 'InfluxDB rejects a request, and will reject it again',
    fix: 'see the log of the server; meanwhile use the engine `embedded`',
  },
  'pointer-changed': {
    classes: ['remote-permanent'],
    happened:
      '`warehouse.json` can be read, but is not as a run wrote it; a publication based on it would lack whatever it lacks',
    fix: 'run `warehouse heal`, which restores the newest intact copy',
  },
  'facts-lost': {
    classes: ['remote-permanent'],
    happened:
      'waiting facts are missing or damaged, and can no longer be rebuilt from their raw copies; their sources are held, the others are published',
    fix: 'run `warehouse heal`, or check out the seeds and models that made them',
  },
  'sweep-refused': {
    classes: ['remote-permanent'],
    happened: 'the pointer is not the newest, or most of the archive would be removed; nothing was removed',
    fix: 'see `warehouse verify` for what is wrong; restore the pointer',
  },
  'no-inodes': {
    classes: ['remote-temporary'],
    happened: 'the disk has space, but cannot hold more files',
    fix: 'remove files that nobody needs, and run it again',
  },
  'too-many-files': {
    classes: ['config', 'remote-temporary'],
    happened: 'the program (`config`) or the machine (`remote-temporary`) has reached its limit of open files',
    fix: 'raise the limit: `ulimit -n 1024`',
  },
  'too-many-processes': {
    classes: ['remote-temporary'],
    happened: 'the system does not let more programs or threads start',
    fix: 'end programs that nobody needs, or raise the limits of processes and memory',
  },
  'out-of-memory': {
    classes: ['remote-temporary'],
    happened: 'memory ran out, or the system killed dbt, influxd or another program for lack of memory',
    fix: 'use a machine with more memory, upload less at a time, or raise a memory limit (`ulimit -v`, `memory_limit` in `profiles.yml`)',
  },
  'program-ended': {
    classes: ['remote-temporary'],
    happened: 'a signal ended dbt or rclone, or influxd ended during a run',
    fix: 'run it again; find out what ends it',
  },
  'program-endless': {
    classes: ['remote-temporary'],
    happened:
      'dbt ran for more than two hours, or pip for more than half an hour, or one of them printed without end; it was stopped',
    fix: "run it again; dbt's log says what it was waiting for; use a faster machine",
  },
  'file-size-limit': {
    classes: ['config'],
    happened: 'a file exceeds the size limit of the user or of the disk',
    fix: 'raise it (`ulimit -f`), or use another disk',
  },
  'read-only': {
    classes: ['remote-permanent'],
    happened: 'the disk is read-only',
    fix: 'use another folder, or make the disk writable',
  },
} as const satisfies Readonly<Record<string, FailureRow>>;

export type FailureCode = keyof typeof FAILURES;
