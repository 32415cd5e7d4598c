export interface Mount {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
}

/**
 * Reads /proc/PID/mountinfo (proc(5)): `id parent dev root MOUNT-POINT options… - TYPE SOURCE …`,
 * in which blank, tab, newline and backslash are written in octal.
 */
export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const [mountPoint, type, source] = [fields[4], fields[separator + 1], fields[separator + 2]];
    if (separator < 0 || mountPoint === undefined || type === undefined || source === undefined)
      return [];
    return [{ mountPoint: unescape(mountPoint), type, source: unescape(source) }];
  });
}

/** The mount that a path without links lies on: the longest mount point above it, the newest of equals. */
export function mountOf(realPath: string, mounts: readonly Mount[]): Mount | undefined {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const { mountPoint } = mount;
    const prefix = mountPoint.endsWith('/') ? mountPoint : `${mountPoint}/`;
    const holds = realPath === mountPoint || realPath.startsWith(prefix);
    if (holds && mountPoint.length >= (best?.mountPoint.length ?? 0)) best = mount;
  }
  return best;
}

function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
