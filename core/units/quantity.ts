/**
 * Quantities with units, as descriptors write them: `20GiB`, `500MiB/s`, `500ms`, `30m`.
 * Binary prefixes (Ki, Mi, Gi, Ti) are powers of 1024, decimal ones (k, M, G, T) powers of 1000,
 * as in IEC 80000-13. Rates may be given in bits: `4Gbit/s`.
 */
export type Dimension = 'size' | 'rate' | 'duration';

/** bytes for a size, bytes per second for a rate, milliseconds for a duration. */
export interface Quantity {
  readonly amount: number;
  readonly dimension: Dimension;
  /** As written. */
  readonly source: string;
}

export type QuantityResult =
  | { readonly ok: true; readonly quantity: Quantity }
  | {
      readonly ok: false;
      readonly reason:
        'no-unit' | 'unknown-unit' | 'ambiguous-unit' | 'not-a-quantity' | 'not-whole';
    };

const binary: Readonly<Record<string, number>> = {
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
};
const decimal: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
};
const durations: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/**
 * Reads a quantity. `Mbps`, `MBps`, `Mb/s` and the like are refused as ambiguous: in practice they
 * are written for bits and for bytes alike, and guessing wrong is off by a factor of eight.
 */
export function parseQuantity(text: string, dimension: Dimension): QuantityResult {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z/]*)\s*$/.exec(text);
  if (match === null) return { ok: false, reason: 'not-a-quantity' };
  const number = Number(match[1]);
  const unit = match[2] ?? '';
  if (unit === '') return { ok: false, reason: 'no-unit' };
  if (dimension === 'rate' && /^[kKMGT]i?(?:[bB]ps|b\/s|b)$/.test(unit))
    return { ok: false, reason: 'ambiguous-unit' };
  const factor =
    dimension === 'duration' ? durations[unit] : byteFactor(unit, dimension === 'rate');
  if (factor === undefined) return { ok: false, reason: 'unknown-unit' };
  const amount = number * factor;
  if (dimension === 'size' && !Number.isInteger(amount)) return { ok: false, reason: 'not-whole' };
  return { ok: true, quantity: { amount, dimension, source: text.trim() } };
}

function byteFactor(unit: string, perSecond: boolean): number | undefined {
  const stem = perSecond ? /^(.*)\/s$/.exec(unit)?.[1] : unit;
  if (stem === undefined) return undefined;
  const match = /^(Ki|Mi|Gi|Ti|Pi|k|K|M|G|T|P)?(B|bit)$/.exec(stem);
  if (match === null || (match[2] === 'bit' && !perSecond)) return undefined;
  const prefix = match[1];
  const scale = prefix === undefined ? 1 : (binary[prefix] ?? decimal[prefix]);
  return scale === undefined ? undefined : match[2] === 'bit' ? scale / 8 : scale;
}

/** `20 GiB` written `20GiB`: the largest binary unit that keeps at most three significant decimals. */
export function formatSize(bytes: number): string {
  return withPrefix(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatSize(bytesPerSecond)}/s`;
}

/** Bits per second with decimal prefixes, as network people count: `4.19Gbit/s`. */
export function formatBitRate(bytesPerSecond: number): string {
  return withPrefix(bytesPerSecond * 8, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${String(Math.round(milliseconds))}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${trimmed(seconds)}s`;
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const;
  return parts.flatMap(([value, unit]) => (value === 0 ? [] : `${String(value)}${unit}`)).join('');
}

/** A size exactly: the largest binary unit that divides it, for text that must mean the same bytes. */
export function exactSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let index = 0;
  while (value !== 0 && value % 1024 === 0 && index < units.length - 1) {
    value /= 1024;
    index++;
  }
  return `${String(value)}${units[index] ?? 'B'}`;
}

function withPrefix(value: number, base: number, units: readonly string[]): string {
  let index = 0;
  let scaled = value;
  while (scaled >= base && index < units.length - 1) {
    scaled /= base;
    index++;
  }
  return `${trimmed(scaled)}${units[index] ?? ''}`;
}

function trimmed(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
