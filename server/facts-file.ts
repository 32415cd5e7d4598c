import { resolve } from 'node:path';
import type { FactsSnapshot } from '../core/facts/snapshot.ts';
import type { Files } from './files.ts';

/** Facts that a file holds, for editors that have no connection to hosts. */
export class FactsFile {
  path: string | undefined;
  private readonly files: Files;
  private readonly warn: (message: string) => void;

  constructor(files: Files, warn: (message: string) => void) {
    this.files = files;
    this.warn = warn;
  }

  /** The snapshot in the file; undefined, with a warning, when it holds none. */
  read(folder: string | undefined): FactsSnapshot | undefined {
    if (this.path === undefined) return undefined;
    const path = resolve(folder ?? '.', this.path);
    const text = this.files.read(path);
    if (text === undefined) {
      this.warn(`${path} cannot be read; there are no facts`);
      return undefined;
    }
    const snapshot = readSnapshot(parseJson(text));
    if (snapshot === undefined) this.warn(`${path} is no snapshot of facts`);
    return snapshot;
  }
}

/** The value as a snapshot of facts when it has the form of one. */
export function readSnapshot(value: unknown): FactsSnapshot | undefined {
  if (!isRecord(value) || value['format'] !== 'livemigrate-facts/1') return undefined;
  const hosts = value['hosts'];
  if (!isRecord(hosts) || !Object.values(hosts).every(isHost)) return undefined;
  return value as unknown as FactsSnapshot;
}

const parts = [
  'identity',
  'versions',
  'capacity',
  'cpu',
  'networks',
  'bridges',
  'pools',
  'domains',
] as const;

/** Parts that a snapshot may lack, because an older version wrote it. */
const laterParts = [
  'access',
  'clock',
  'power',
  'kernel',
  'topology',
  'interfaces',
  'ports',
  'emulation',
  'configuration',
  'certificates',
  'secrets',
  'tpm',
] as const;

function isHost(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (typeof value['name'] !== 'string' || typeof value['at'] !== 'number') return false;
  const images = value['images'];
  return (
    parts.every((part) => isAnswer(value[part])) &&
    laterParts.every((part) => value[part] === undefined || isAnswer(value[part])) &&
    isRecord(images) &&
    [images, optional(value['files']), optional(value['peers'])].every(
      (answers) => isRecord(answers) && Object.values(answers).every(isAnswer),
    )
  );
}

/** A record that may be missing; `null` is a wrong value, not a missing one. */
function optional(value: unknown): unknown {
  return value === undefined ? {} : value;
}

function isAnswer(value: unknown): boolean {
  return isRecord(value) && typeof value['ok'] === 'boolean' && typeof value['from'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
