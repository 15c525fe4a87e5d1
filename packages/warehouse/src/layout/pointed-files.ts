import type { Partition, PointedFile, Pointer } from './pointer';

export type PointedKind = 'archive' | 'aggregates' | 'levels' | 'previous' | 'legacy' | 'public' | 'normalized';

/** A file that a pointer names, and what for. */
export interface Pointed {
  readonly kind: PointedKind;
  readonly file: PointedFile;
  /** Of the files of a partition. */
  readonly partition?: Partition;
}

/** Everything that a pointer names. */
export function pointedFiles(pointer: Pointer): Pointed[] {
  return [
    ...pointer.partitions.map((partition) => ({ kind: 'archive' as const, file: partition.archive, partition })),
    ...pointer.partitions.map((partition) => ({ kind: 'aggregates' as const, file: partition.aggregates, partition })),
    ...pointer.partitions.flatMap((partition) =>
      Object.values(partition.levels ?? {}).map((file) => ({ kind: 'levels' as const, file, partition })),
    ),
    ...pointer.partitions.flatMap((partition) =>
      partition.previous === undefined
        ? []
        : [{ kind: 'previous' as const, file: partition.previous.archive, partition }],
    ),
    ...(pointer.legacy ?? []).map((file) => ({ kind: 'legacy' as const, file })),
    ...pointer.public.files.map((file) => ({ kind: 'public' as const, file })),
    ...(pointer.pinned === undefined || pointer.pinned.version === pointer.public.version
      ? []
      : pointer.pinned.files.map((file) => ({ kind: 'public' as const, file }))),
    ...pointer.normalized.map((file) => ({ kind: 'normalized' as const, file })),
  ];
}
