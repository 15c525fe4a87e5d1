import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { DataProblem } from '@sensor-warehouse/explorer/dataset/data-problem';
import { parseFilesList } from '@sensor-warehouse/explorer/dataset/files-list';
import { listenHere } from '@sensor-warehouse/explorer/serve/listen';
import { pageServer } from '@sensor-warehouse/explorer/serve/page-server';
import { servedDataset } from '@sensor-warehouse/explorer/serve/served-dataset';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { withContext } from '../options/work-folder';
import type { Command, Options } from '../terminal/command';
import { printText, tellText } from '../terminal/print';
import { usage } from '../terminal/usage';

export const EXPLORE: Command = {
  name: 'explore',
  usage: '[FOLDER] [--port N]',
  summary: 'show the dataset of a folder or a warehouse in a browser',
  needsWarehouse: false,
  words: { name: 'folder', least: 0, most: 1 },
  options: {
    port: { type: 'string', value: 'N', help: 'the port on this machine (default: 8417, or any free port)' },
  },
  examples: [
    'warehouse explore ./drive/Warehouse',
    'warehouse explore --rclone-config rclone.conf --warehouse sm2drive:Warehouse',
  ],
  run: explore,
};

async function explore(options: Options): Promise<number> {
  const port = portOf(options.own.port);
  const [folder] = options.words;
  if ((folder === undefined) === (options.warehouse === undefined)) {
    throw usage('explore needs a folder or --warehouse, and not both', EXPLORE);
  }
  if (folder !== undefined) return serve(datasetFolder(folder), folder, port);
  return withContext(options, async (context) => serve(await fetchDataset(context), context.warehouse.name, port));
}

function portOf(text: Options['own'][string]): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(String(text)) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw usage(`--port ${printable(String(text))} is not a port`, EXPLORE);
  return port;
}

/** The folder of a dataset itself, or a warehouse, whose dataset is in `public`. */
const datasetFolder = (folder: string) => (existsSync(join(folder, 'files.json')) ? folder : join(folder, 'public'));

/** Copies the published dataset into the work folder. */
async function fetchDataset({ warehouse, work, say }: Context): Promise<string> {
  const folder = join(work, 'explore');
  await mkdir(folder, { recursive: true });
  const text = await warehouse.readText('public/files.json');
  if (text === undefined) throw notExplorable(warehouse.name, new DataProblem('absent', 'no public/files.json'));
  const { files } = await asFailure(warehouse.name, async () => parseFilesList(text));
  const there = new Set((await warehouse.listHere('public')).map(({ path }) => path));
  const lost = files.find(({ name }) => !there.has(`public/${name}`));
  if (lost !== undefined) throw notExplorable(warehouse.name, new DataProblem('absent', `no public/${lost.name}`));
  const names = ['files.json', ...files.map(({ name }) => name)];
  say(`fetching ${names.length} files`);
  await warehouse.downloadAll(new Map(names.map((name) => [`public/${name}`, join(folder, name)])));
  return folder;
}

/** Serves until Ctrl-C. */
async function serve(folder: string, name: string, port: number | undefined): Promise<number> {
  const server = pageServer(await asFailure(name, () => servedDataset(folder)));
  const taken = await listenHere(server, port).catch((error: Error) => {
    throw usage(`--port ${port}: ${error.message}`, EXPLORE);
  });
  printText(`http://localhost:${taken}/\n`);
  tellText('Ctrl-C ends it.\n');
  await untilStopped(server);
  return 0;
}

function untilStopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      server.closeAllConnections();
      server.close(() => resolve());
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  });
}

async function asFailure<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof DataProblem ? notExplorable(name, error) : error;
  }
}

function notExplorable(name: string, { message }: DataProblem): Failure {
  return new Failure({
    stage: 'warehouse',
    what: `${printable(name)} has no whole dataset with tables: ${printable(message)}`,
    fix: 'publish once with this version, or name the folder of a dataset',
    class: 'config',
    code: 'not-explorable',
    consequence: 'nothing was changed',
  });
}
