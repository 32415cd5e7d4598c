import type { Documentation } from '../../domain-docs/documentation.ts';
import { say } from '../../messages.ts';
import type { Message } from '../../messages.ts';

/** What is written about a thing, one sentence or two a line. */
export function documentationLines({
  means,
  migration,
  default: standard,
  since,
}: Documentation): readonly Message[] {
  const lines = [means];
  if (migration !== undefined) lines.push(migration);
  if (standard !== undefined) lines.push(say('Default: {0}', standard));
  if (since !== undefined) lines.push(say('Since {0}', `libvirt ${since}`));
  return lines;
}
