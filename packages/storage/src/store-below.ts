import { checkedStore } from './checked-store';
import type { NotAFile, Store, StoredFile } from './store';

/** A folder of a store as a store of its own. A folder that does not exist yet is an empty one. */
export function storeBelow(store: Store, folder: string): Store {
  const at = (path: string) => (path === '' ? folder : `${folder}/${path}`);
  const below = <T extends StoredFile | NotAFile>(files: readonly T[]): T[] =>
    files.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
  return checkedStore({
    name: `${store.name}/${folder}`,
    list: async (path) => below(await store.list(at(path))),
    listHere: async (path) => below(await store.listHere(at(path))),
    survey: async (path) => {
      const { files, others } = await store.survey(at(path));
      return { files: below(files), others: below(others) };
    },
    listAbandoned: async (now) =>
      below((await store.listAbandoned(now)).filter(({ path }) => path.startsWith(`${folder}/`))),
    isThere: async () => true,
    readText: (path) => store.readText(at(path)),
    download: (path, toFile) => store.download(at(path), toFile),
    downloadAll: (files) => store.downloadAll(new Map([...files].map(([path, file]) => [at(path), file]))),
    upload: (fromFile, path) => store.upload(fromFile, at(path)),
    uploadOnce: (fromFile, path) => store.uploadOnce(fromFile, at(path)),
    uploadAll: (fromFolder, toFolder, names) => store.uploadAll(fromFolder, at(toFolder), names),
    copyAll: (fromFolder, toFolder, names) => store.copyAll(at(fromFolder), at(toFolder), names),
    remove: (path) => store.remove(at(path)),
    removeAll: (paths) => store.removeAll(paths.map(at)),
    removeSame: (path, sha256) => store.removeSame(at(path), sha256),
  });
}
