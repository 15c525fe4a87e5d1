import type { Store } from './store';
import { checkedPath } from './store-path';

function checkedFolder(folder: string): string {
  return folder === '' ? folder : checkedPath(folder);
}

/** The same store, guarded against paths that lead elsewhere. */
export function checkedStore(store: Store): Store {
  return {
    name: store.name,
    list: async (folder) => store.list(checkedFolder(folder)),
    listHere: async (folder) => store.listHere(checkedFolder(folder)),
    survey: async (folder) => store.survey(checkedFolder(folder)),
    listAbandoned: (now) => store.listAbandoned(now),
    isThere: () => store.isThere(),
    readText: async (path) => store.readText(checkedPath(path)),
    download: async (path, toFile) => store.download(checkedPath(path), toFile),
    downloadAll: async (files) => {
      for (const path of files.keys()) checkedPath(path);
      await store.downloadAll(files);
    },
    upload: async (fromFile, path) => store.upload(fromFile, checkedPath(path)),
    uploadOnce: async (fromFile, path) => store.uploadOnce(fromFile, checkedPath(path)),
    uploadAll: async (fromFolder, toFolder, names) => {
      const into = checkedFolder(toFolder);
      for (const name of names) checkedPath(into === '' ? name : `${into}/${name}`);
      if (names.length > 0) await store.uploadAll(fromFolder, toFolder, names);
    },
    copyAll: async (fromFolder, toFolder, names) => {
      for (const folder of [fromFolder, toFolder])
        for (const name of names) checkedPath(`${checkedPath(folder)}/${name}`);
      if (names.length > 0) await store.copyAll(fromFolder, toFolder, names);
    },
    remove: async (path) => store.remove(checkedPath(path)),
    removeAll: async (paths) => {
      for (const path of paths) checkedPath(path);
      if (paths.length > 0) await store.removeAll(paths);
    },
    removeSame: async (path, sha256) => store.removeSame(checkedPath(path), sha256),
  };
}
