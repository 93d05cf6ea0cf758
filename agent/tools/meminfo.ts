import type { HostFiles } from "./command.ts";

export interface MemoryInfo {
  readonly totalBytes: number;
  /** What can be taken without swapping, as the kernel reckons. */
  readonly availableBytes: number;
}

/** /proc/meminfo; null when it cannot be read. */
export async function readMemoryInfo(files: HostFiles): Promise<MemoryInfo | null> {
  return parseMemoryInfo((await files.readText("/proc/meminfo")) ?? "");
}

export function parseMemoryInfo(text: string): MemoryInfo | null {
  const bytes = (key: string) => {
    const match = new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(text);
    return match === null ? null : Number(match[1]) * 1024;
  };
  const totalBytes = bytes("MemTotal");
  const availableBytes = bytes("MemAvailable");
  return totalBytes === null || availableBytes === null ? null : { totalBytes, availableBytes };
}

/**
 * What the memory cgroup of this process still grants, in bytes; null where nothing limits it.
 * A live image has no limit; an agent in a container or under MemoryMax has.
 */
export async function readCgroupHeadroom(files: HostFiles): Promise<number | null> {
  const groups = (await files.readText("/proc/self/cgroup")) ?? "";
  const unified = /^0::(\/.*)$/m.exec(groups)?.[1];
  const legacy = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(groups)?.[1];
  const room = async (folder: string, max: string, current: string) => {
    const limit = Number((await files.readText(`${folder}/${max}`))?.trim());
    const used = Number((await files.readText(`${folder}/${current}`))?.trim());
    // "max" is no number; cgroup v1 says "unlimited" by a number beyond any machine.
    return limit > 0 && limit < 2 ** 60 && used >= 0 ? Math.max(0, limit - used) : null;
  };
  const rooms = [
    ...(await alongPath("/sys/fs/cgroup", unified, (folder) =>
      room(folder, "memory.max", "memory.current"),
    )),
    ...(await alongPath("/sys/fs/cgroup/memory", legacy, (folder) =>
      room(folder, "memory.limit_in_bytes", "memory.usage_in_bytes"),
    )),
  ].filter((bytes) => bytes !== null);
  return rooms.length === 0 ? null : Math.min(...rooms);
}

/** Limits of every ancestor count. */
async function alongPath<T>(
  root: string,
  path: string | undefined,
  read: (folder: string) => Promise<T>,
): Promise<T[]> {
  if (path === undefined) return [];
  const parts = path.split("/").filter((part) => part !== "");
  const folders = parts.map((_, depth) => `${root}/${parts.slice(0, depth + 1).join("/")}`);
  return Promise.all(folders.map(read));
}
