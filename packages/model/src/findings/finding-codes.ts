/** A finding about data, as docs/failures.md shows it. Texts are Markdown. */
interface FindingRow {
  readonly happened: string;
  readonly fix: string;
}

/** Every finding, by its heading on the page. `npm run readmes` writes the page from it. */
export const FINDINGS = {
  'A file is refused': {
    'empty-file': { happened: 'the file is empty', fix: 'export it again' },
    'not-tabular': {
      happened: 'the file has a different format (a workbook, a web page, an archive …)',
      fix: 'export it as CSV',
    },
    'json-error': {
      happened: 'the file is not the expected JSON: cut off, a repeated name, NaN, two roots, too large',
      fix: 'download it again',
    },
    'error-answer': {
      happened: 'an API answered with an error instead of readings, whatever its status',
      fix: 'do what the answer says',
    },
    'encoding-error': {
      happened: 'the file does not have the declared encoding',
      fix: 'export it in that encoding, or declare its encoding',
    },
    'encoding-changed': {
      happened: 'the whole file has a different encoding than declared, or its labels were encoded twice',
      fix: 'export it as before, or declare the encoding',
    },
    'control-character': { happened: 'the file contains a control character', fix: 'export or upload it again' },
    'concatenated-file': { happened: 'several files were joined into one', fix: 'upload them one by one' },
    'repeated-header': {
      happened: 'a second table begins in the file; as an info: a repeated header was left out',
      fix: 'upload each table as a file of its own',
    },
    'truncated-file': { happened: 'the header, or a gzip, is cut off', fix: 'export or upload it again' },
    'annotated-default': {
      happened: 'InfluxDB’s annotations give a default for empty cells of a column, which is not applied',
      fix: 'export the table with a value in each row',
    },
    'line-too-long': {
      happened: 'a line is longer than the limit',
      fix: 'check that the file has line ends, or raise `row_bytes` in `seeds/limits.csv`',
    },
    'unclosed-quote': {
      happened: 'a quotation mark is never closed',
      fix: 'remove it, or export the file again',
    },
    'missing-header': {
      happened: 'the header is missing, or is not where it is declared',
      fix: 'export it as before, or declare `skip_lines`',
    },
    'preamble-changed': {
      happened: 'the header is on another line than declared',
      fix: 'export it as before, or declare `skip_lines`',
    },
    'delimiter-changed': {
      happened: 'the columns are separated by another character than declared',
      fix: 'declare `delimiter`, or export it as before',
    },
    'decimal-changed': {
      happened: 'all numbers have a different decimal mark than declared',
      fix: 'export it as before, or declare `decimal`',
    },
    'blank-label': { happened: 'a column has no name', fix: 'name it by its place, `#3`, or export it again' },
    'duplicate-label': {
      happened: 'a column, or a quantity, occurs more than once',
      fix: 'name columns by their places, `#3`, ignore the label, or export each once',
    },
    'missing-label': {
      happened: 'a column is missing',
      fix: 'export it with the column, or change the contract if it is gone for good',
    },
    'extra-label': {
      happened: 'a column is neither mapped nor listed as ignored',
      fix: 'map it, or list it in `seeds/ignored_columns.csv`',
    },
    'renamed-label': {
      happened: 'a column was probably renamed; the finding shows the evidence',
      fix: 'accept the new name, or export it as before',
    },
    'unit-changed': {
      happened: 'a label has another unit, or the numbers look converted; we never convert them',
      fix: 'export it in the previous unit',
    },
    'swapped-label': {
      happened: 'the names of two columns look swapped, judging by their numbers',
      fix: 'compare with the device, and export it again',
    },
    'incorrect-label': {
      happened: 'an unknown column may replace a missing one, and it is not clear which',
      fix: 'export it as before; if only the name changed, change it in the mapping seed',
    },
    'layout-changed': {
      happened:
        'the export is arranged differently: rows for columns, date and time in other columns, or completely different columns',
      fix: 'export it as before, or declare a datasource for exports of this form',
    },
    'dateformat-mixed': { happened: 'the file mixes date formats', fix: 'export it with one' },
    'dateformat-changed': {
      happened: 'all times have a different format, or day and month are swapped',
      fix: 'export it as before, or declare a further `datetime_format`',
    },
    'timezone-changed': {
      happened: 'the times now have a UTC offset or the name of a zone',
      fix: 'export local times, or declare a further `datetime_format`',
    },
    'clock-without-dst': {
      happened: 'rows have times in the hour that the zone skips: the clock does not follow daylight saving time',
      fix: 'declare the fixed zone that the finding names',
    },
    'interval-unknown': {
      happened: 'times mark the end of an interval, and its length cannot be determined',
      fix: 'declare `interval`',
    },
    'dateformat-ambiguous': {
      happened: 'nothing in the file shows whether the day or the month comes first',
      fix: 'export a longer period, or declare one `datetime_format`',
    },
    'sensor-missing': { happened: 'the file’s name contains no sensor id', fix: 'rename the file' },
    'sensor-unknown': { happened: 'the sensor has no location', fix: 'add it to the mapping of sensors' },
    'quantity-unknown': {
      happened: 'a long export names a quantity that is neither mapped nor ignored',
      fix: 'map it, or list it in `seeds/ignored_columns.csv`',
    },
    'unit-row-missing': {
      happened: 'the row after the header has data, not units',
      fix: 'export it as before, or set `unit_row` to false',
    },
    'archive-damaged': {
      happened: 'a gzip cannot be decompressed, or other bytes follow it',
      fix: 'compress or upload it again',
    },
    'file-too-large': {
      happened: 'the file is larger than `bytes` in `seeds/limits.csv`',
      fix: 'export less at a time, or raise the limit',
    },
    'too-many-rows': {
      happened: 'the file has more rows than `rows` in `seeds/limits.csv`',
      fix: 'export less at a time, or raise the limit',
    },
    'more-findings': {
      happened: 'the file has more findings than `findings` in `seeds/limits.csv`',
      fix: 'correct the reported ones first, or raise the limit',
    },
    'archive-too-large': {
      happened: 'a gzip expands to more than any export may have',
      fix: 'upload the export itself',
    },
    'too-many-names': {
      happened: 'a column that should name sensors, locations or quantities has thousands of different values',
      fix: 'check which column names the sensor',
    },
  },
  'An upload could not be taken': {
    'same-name-twice': {
      happened: 'two files of the upload folder have the same name (Google Drive allows that); neither was taken',
      fix: 'rename or remove one of them',
    },
    'upload-folder-unreadable': {
      happened: 'the upload folder, or a folder in it, cannot be listed: no permission, too deep, or the remote fails',
      fix: 'correct its permissions, or move the folder away',
    },
    'upload-unreadable': {
      happened: 'the remote lists an upload but does not deliver it, or delivers other bytes than it lists',
      fix: 'run it again; if it persists, upload the file again',
    },
    'upload-without-room': {
      happened:
        'an upload, with the files made from it, needs more space than the disk has, or a larger file than the disk allows',
      fix: 'free space, or upload it in pieces',
    },
    'upload-without-time': {
      happened: 'fetching or reading the uploads of one source took a quarter of an hour; these uploads are left over',
      fix: 'run it again, which continues there; upload smaller files',
    },
    'upload-changing': {
      happened: 'an info: an upload changed while it was fetched, so somebody is still writing it',
      fix: 'nothing to do; the next run takes it',
    },
    'upload-unfinished': {
      happened:
        'a warning: the name of an upload (`.partial`, `.part`, `.crdownload`, `.tmp`, …) marks it as incomplete; it was left alone',
      fix: 'nothing while it is still arriving; otherwise upload the file again and remove this one; a `file_pattern` that ends this way takes it',
    },
  },
  'A row is quarantined': {
    'extra-cell': { happened: 'the row has more cells than columns', fix: 'correct the row, or export it again' },
    'missing-cell': { happened: 'the row has too few cells', fix: 'correct the row, or export it again' },
    'text-after-quote': {
      happened: 'text follows a closing quotation mark',
      fix: 'correct the row, or export it again',
    },
    'too-many-columns': {
      happened: 'the row has more columns than the limit',
      fix: 'correct the row, or export it again',
    },
    'type-error': {
      happened: 'a time or a number cannot be read',
      fix: 'correct the cell, or add the text to `null_values`',
    },
    'zone-name-undeclared': {
      happened: 'a time has the name of an undeclared zone',
      fix: 'add the name and its offset to `zone_names`',
    },
    'implausible-time': { happened: 'the clock of the sensor was wrong', fix: 'set the clock, and remove the row' },
    'timezone-nonexistent': {
      happened: 'a time is inside the hour that the clocks skip in spring',
      fix: 'let the device follow daylight saving time',
    },
  },
  'The dbt models are incomplete': {
    'source-unmodelled': { happened: 'no dbt model stages the source', fix: 'write the models that the message shows' },
    'source-not-united': {
      happened: 'the staging model of a source is missing from the union of readings',
      fix: 'add the line that the message shows',
    },
    'reading-columns': { happened: 'a part of the union lacks a column that each reading has', fix: 'add the column' },
    'union-form': {
      happened:
        'a part is united by the positions of its columns, in a way that drops identical readings, or not at all',
      fix: 'write `union all by name`',
    },
    'mapping-unread': {
      happened: 'no dbt model reads a mapping seed of the source',
      fix: 'let the staging model read it',
    },
    'source-undeclared': {
      happened:
        'dbt does not know the landing of the source, and this `dbt_project.yml` is too old for a run to declare it',
      fix: 'add the line that the message shows',
    },
    'source-unconfigured': {
      happened: 'a model reads both configured sources and one without a row',
      fix: 'take that source out of the model, or give it a row',
    },
    'source-ambiguous': {
      happened: 'a model names its source by a word that is one source’s id and another’s name',
      fix: 'write the one that the message shows',
    },
    'model-missing': {
      happened:
        'a model, a unit test or a description refers to a model that does not exist, e.g. because it was renamed or removed',
      fix: 'correct the name, or remove what the message names',
    },
    'model-twice': { happened: 'two files define a model or a seed of the same name', fix: 'rename one of them' },
    'level-reads-landing': {
      happened: 'a level reads a model or a landing that has only the latest uploads',
      fix: 'read `fct_sensor_readings`, `fact` or the source `archive`',
    },
  },
  'An API gives no answer': {
    'source-undelivered': {
      happened: 'Aggregate & Publish: the last Refresh got no answer from the API; `found` is the code of the reason',
      fix: 'see the row of that code in this table',
    },
    'api-settings-missing': {
      happened: 'an API has only its row in the seeds: nothing says what to ask the host',
      fix: 'write the file and the row that the message shows, and provide the secret',
    },
    'secret-missing': {
      happened: 'a secret that `seeds/apis/<id>.json` names is not set',
      fix: 'set it as an environment variable; in a workflow, from a secret',
    },
    'secret-in-answer': {
      happened: 'the answer repeats a secret of the request; it was not kept',
      fix: 'check whether the key is valid; send it in a header',
    },
    'api-unreachable': {
      happened: 'several attempts got no answer before the deadline',
      fix: 'nothing; if it persists, check whether the service still exists',
    },
    'api-refused': {
      happened: 'the server refuses the request',
      fix: 'check whether the key is valid and the request is correct',
    },
    'address-refused': {
      happened: 'the address is not HTTPS, or not on the public internet',
      fix: 'correct `location`',
    },
    'header-refused': {
      happened: 'a header, or the secret in it, contains a character that headers must not have',
      fix: 'give the secret without a line end; correct `headers`',
    },
    'certificate-refused': {
      happened: 'the server’s certificate is not valid; nothing was sent',
      fix: 'find out who answers there',
    },
    'redirect-refused': {
      happened: 'a redirect leads to plain HTTP, to a private address, or around in a circle',
      fix: 'correct `location`',
    },
    'answer-too-large': { happened: 'the answer is larger than 16 MiB', fix: 'ask for less at a time' },
    'answer-encoded': {
      happened: 'the answer is compressed, although the request did not ask for that',
      fix: 'report it to the service',
    },
    'page-repeated': { happened: 'a page was already received', fix: 'correct `paging`' },
    'page-limit': {
      happened: 'there are more pages than `mostPages`, or they are larger than 128 MiB in all',
      fix: 'ask for less at a time, or raise `mostPages`',
    },
    'page-total': {
      happened: 'the pages do not hold as many items as the answer says',
      fix: 'correct `items`, `total`, `paging`',
    },
    'page-unreadable': { happened: 'a page is not JSON, or has no list', fix: 'correct `items`' },
    'page-end': {
      happened: 'a page does not say whether another follows',
      fix: 'correct the pointer of `paging`, or add `absentAtEnd`',
    },
    'page-elsewhere': { happened: 'the next page is on another host', fix: 'correct `paging`' },
  },
  'A delivery is doubted': {
    'quality-row-count': { happened: 'the delivery has too few readings', fix: 'check the period of the exports' },
    'quality-null-share': {
      happened: 'too many cells of the delivery are empty',
      fix: 'check the batteries and the export',
    },
    'quality-conflicting-keys': {
      happened: 'readings of one instant have different values',
      fix: 'check the uploads for edited or mixed-up exports',
    },
    'quality-frozen-share': {
      happened: 'too many readings repeat one value for a day',
      fix: 'check whether the sensors still measure',
    },
    'sensor-silent': {
      happened: 'a sensor, or one of its quantities, stopped while others of its source went on (`silent_hours`)',
      fix: 'check its battery; if it is gone for good, give it `valid_to`',
    },
    'stale-file': {
      happened: 'the newest reading of a source is too old: nothing arrived, or only old exports (`stale_days`)',
      fix: 'export the period up to today',
    },
    'silence-not-checked': {
      happened: 'the newest published month cannot be read, so missing sensors were not looked for',
      fix: 'run `warehouse verify`',
    },
    'quality-future-readings': {
      happened: 'readings are in the future',
      fix: 'check the clock of the sensor and the time zone of the source',
    },
    'sensor-conflict': {
      happened: 'two sensors deliver different values for one location',
      fix: 'give them `valid_from` and `valid_to`, or different locations',
    },
  },
  'Something is worth knowing': {
    'upload-folder-absent': {
      happened: 'the upload folder does not exist',
      fix: 'correct `location`, share the folder, or disable the source',
    },
    'upload-not-removed': {
      happened: 'uploads were handed over, but cannot be removed from their folder; they are not read again',
      fix: 'let the account remove files, or set `after_ingest` to `keep`',
    },
    'mean-of-angles': {
      happened:
        'a source has a data_key of directions, whose mean is meaningless: the mean of 350° and 10° would be 180°',
      fix: 'leave the column out, or split it: [Models](models.md#directions)',
    },
    'file-unmatched': {
      happened: 'a file matches no `file_pattern`, is hidden, or is in a subfolder; it was left alone',
      fix: 'rename it, move it, or extend the pattern',
    },
    'not-a-file': {
      happened:
        'a link, a pipe, a device, a name that two files share or no store accepts, or a folder that cannot be listed; it was left alone',
      fix: 'put the file itself there, or rename it',
    },
    'no-rows': { happened: 'the file has a header and no rows', fix: 'check the period of the export' },
    'new-header': {
      happened: 'all columns are known, but no accepted export had exactly these; the file was read',
      fix: 'accept the header, if the file is right',
    },
    'reordered-label': {
      happened:
        'the columns are in another order; they were read by name, or, as an error, some are read by their places',
      fix: 'accept the order, if the places are right',
    },
    'mixed-line-ends': { happened: 'the file mixes kinds of line ends', fix: 'export it again' },
    'release-limit': {
      happened: 'a release is beyond a limit of `seeds/release_limits.csv`',
      fix: 'look at the diff; if it is right, publish it once with `--accept-churn`, or raise the limit',
    },
    'truncated-row': {
      happened: 'the last row has no line end: it may be cut off, and was quarantined',
      fix: 'nothing, or set `final_line_end` to `optional`',
    },
    'mixed-types': {
      happened: 'some numbers of JSON are in quotation marks; they were read as numbers',
      fix: 'check whether the interface changed',
    },
    'trailing-delimiter': {
      happened: 'rows end with more delimiters than the header',
      fix: 'nothing; no data is lost',
    },
    'ignored-column': { happened: 'cells of ignored columns were left out', fix: 'map the column to publish it' },
    'ignored-sensor': {
      happened: 'readings or files of ignored sensors were left out',
      fix: 'map the sensor to publish it',
    },
    'comment-line': { happened: 'comment lines were left out and counted', fix: 'nothing' },
    'timezone-ambiguous': {
      happened: 'times in the doubled hour of autumn fit both passes; the first was taken',
      fix: 'export that night again, or declare the fixed zone that is named',
    },
    'column-not-mapped': {
      happened: 'readings of an unmapped column were left out',
      fix: 'complete the mapping seed; then run the command that the message names',
    },
    'data-key-not-declared': {
      happened: 'readings of an undeclared `data_key` were left out',
      fix: 'add it to `seeds/data_keys.csv`; then run the command that the message names',
    },
    'location-not-listed': {
      happened: 'readings of a location without a public name were left out',
      fix: 'add it to `seeds/location_map.csv`; then run the command that the message names',
    },
    'models-left-over': {
      happened: 'models of sources without a row are left out; no upload of these sources is read',
      fix: 'if a row was removed by mistake, put it back; otherwise remove the models that the message names',
    },
    'column-not-united': {
      happened: 'a source has its own models, and none makes readings of one of its columns; its cells were left out',
      fix: 'unite the column, or list it in `seeds/ignored_columns.csv`; then run the command that the message names',
    },
    'order-unknown': {
      happened:
        'rows give one reading different values, and the models do not keep the order of the rows; all were left out',
      fix: 'keep `_file`, `_ordinal` and `_line` as `file`, `ordinal`, `line`; then run the command that the message names',
    },
    'float-values': {
      happened: 'numbers look like widened four-byte floats, e.g. 21.350000381',
      fix: 'cast to DOUBLE in the model',
    },
    'sensor-outside-its-validity': {
      happened: 'readings of a sensor outside its `valid_from` and `valid_to` were left out',
      fix: 'correct these two; then run the command that the message names',
    },
    'dbt-skipped': {
      happened: 'dbt skipped a model or test, because another failed or warned',
      fix: 'correct the other one',
    },
    'primary-key': {
      happened: 'a file gives different values for one instant; its last row was used',
      fix: 'check the export for repeated rows',
    },
    'out-of-range': {
      happened: 'readings outside the plausible range are archived with a flag and left out of the hours',
      fix: 'check the sensor, or the range in `seeds/data_keys.csv`; then run the command that the message names',
    },
    excluded: {
      happened: '`seeds/exclusions.csv` excludes readings',
      fix: 'nothing; if you remove the row, run the command that the message names',
    },
    'level-needs-influxdb': {
      happened: 'a level is a Flux query, and the engine cannot run Flux; the level was left as it was',
      fix: 'use the engine `influxdb`, or remove the level',
    },
    'level-incomplete': {
      happened: 'a level is published only for the months that were built with it',
      fix: 'rebuild the other months: they are stale',
    },
    'month-revised': {
      happened: 'late data: a past month is published again; the finding gives the number of rows before and after',
      fix: 'nothing',
    },
    'month-remade': {
      happened: 'a backfill publishes a month again; the finding gives the number of rows before and after',
      fix: 'nothing',
    },
    'partition-healed': {
      happened: 'a file of a month was missing or damaged in the warehouse, and was rebuilt',
      fix: 'find out who changed it',
    },
    'pointer-healed': { happened: '`warehouse heal` restored a copy of the pointer', fix: 'find out who changed it' },
    'version-healed': {
      happened: '`warehouse heal` restored a file of the public version',
      fix: 'find out who changed it',
    },
    'revision-unnamed': {
      happened: '`warehouse heal`: an earlier revision was missing or damaged, and its month no longer names it',
      fix: 'find out who changed it',
    },
    'pointer-copy-removed': {
      happened: '`warehouse heal` removed a copy of the pointer that did not match its name',
      fix: 'find out who changed it',
    },
    'report-healed': {
      happened: '`warehouse heal` rewrote a report of the quarantine for people',
      fix: 'find out who changed it',
    },
    'facts-healed': {
      happened: 'waiting facts were missing or damaged, and were rebuilt from the raw copies',
      fix: 'find out who changed them',
    },
    'facts-discarded': {
      happened: 'facts that a person discarded were skipped; the finding gives their reason',
      fix: 'nothing; their raw copies remain',
    },
    'file-absent': {
      happened: '`warehouse verify`: a file that the pointer or a manifest names is missing',
      fix: 'run `warehouse heal`',
    },
    'file-damaged': {
      happened: '`warehouse verify`: a file has a different size or different bytes',
      fix: 'run `warehouse heal`',
    },
    'row-count': {
      happened: '`warehouse verify`: the number of rows of a table, or of readings that its hours count, is wrong',
      fix: 'run `warehouse heal`',
    },
    'pointer-copy-absent': {
      happened: '`warehouse verify`: the pointer has no copy in `pointers/`',
      fix: 'run `warehouse heal`',
    },
    'pointer-less': {
      happened: '`warehouse verify`: the pointer contains less than its newest copy',
      fix: 'replace the pointer with that copy, or remove the copy and run `warehouse heal`',
    },
    'pointer-copy-damaged': {
      happened: '`warehouse verify`: a copy of the pointer does not match its name',
      fix: 'run `warehouse heal`, which removes it',
    },
    continuity: {
      happened: '`warehouse verify`: months, revisions or generations do not follow each other',
      fix: 'restore what somebody changed; do nothing if such months never existed',
    },
    'quarantine-doubtful': {
      happened: '`warehouse verify`: an entry of the quarantine has no readable report, or one about another upload',
      fix: 'restore it, or let the next Refresh report the upload again',
    },
    'staging-doubtful': {
      happened:
        '`warehouse verify`: a plan or a window that a backfill left cannot be read, or a window does not match its plan',
      fix: 'start the backfill again from its plan',
    },
    'hand-over-cut-short': {
      happened: '`warehouse verify`: an interrupted hand-over left files; nothing is lost',
      fix: 'nothing',
    },
    'hand-over-unaccounted': {
      happened:
        'no manifest names raw copies or facts that were handed over; the night holds their source and publishes the others',
      fix: 'restore the manifest, or put the raw copies into the upload folder again',
    },
    'facts-lost': {
      happened:
        'waiting facts are missing or damaged, and cannot be rebuilt here; their source waits, the others are published',
      fix: 'run `warehouse heal`',
    },
    'facts-differ': {
      happened: 'a manifest does not match its waiting facts; the sources concerned wait, the others are published',
      fix: 'restore the manifest from the remote’s version history',
    },
    'generation-gap': {
      happened: '`warehouse verify`: a generation of facts does not follow the previous one',
      fix: 'restore the manifest between them, or remove the folder if nobody recognises it',
    },
    'generation-twice': {
      happened: 'two runs handed facts over under one number; both are published',
      fix: 'do not run two refreshes at once; if an earlier version consumed one of them, rebuild its months with `warehouse backfill --mode rebuild`',
    },
    'manifest-damaged': {
      happened: '`warehouse verify`: a manifest of facts cannot be read',
      fix: 'restore it from the remote’s version history',
    },
    'manifest-doubtful': {
      happened:
        '`warehouse verify`: a manifest contradicts itself or its facts, or the generations before it are missing',
      fix: 'restore it from the remote’s version history',
    },
    'sensor-removed': {
      happened: 'a rebuild left a raw copy out: its sensor is no longer mapped',
      fix: 'nothing, if it was removed on purpose',
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FindingRow>>>>;

type CodesOf<Section> = Section extends unknown ? keyof Section : never;

/** Mistakes of seeds and what dbt refuses end a run by the name that the finding has. */
export type FindingCode =
  | CodesOf<(typeof FINDINGS)[keyof typeof FINDINGS]>
  | 'seed-error'
  | 'dbt-model'
  | 'dbt-test'
  | 'dbt-seed';
