/** What a raw image says about the numbered blocks that workload.c wrote to it. */
export interface BlockReport {
  /** True when every acknowledged block is there, whole, or was replaced by a later one of the same slot. */
  readonly ok: boolean;
  /** 4 KiB places the blocks go to in turn. */
  readonly slots: number;
  /** Blocks the guest had said were on the disk. */
  readonly acked: number;
  /** Slots that were looked at: those that must hold something. */
  readonly checked: number;
  /** Slots that do not hold what they must. */
  readonly lost: number;
  /** The first ten of them, in words. */
  readonly problems: readonly string[];
}

const BLOCK = 4096;
const WORDS = BLOCK / 8;
const HEADER_MAGIC = 0x31444845484d4cn;
const BLOCK_MAGIC = 0x314b4c424d4cn;

/**
 * Checks the blocks of one start of the guest (`run`, hexadecimal).
 * @param acked what the guest said last: blocks 0 … acked-1 are on the disk
 * @throws Error when nothing was acknowledged (nothing would be proven) or the image is not one of this run
 */
export function verifyBlocks(image: Buffer, run: string, acked: number): BlockReport {
  if (acked < 1) throw new Error('the guest has acknowledged no block: nothing could be proven');
  const runId = BigInt(`0x${run}`);
  const slots = slotsOf(image, runId);
  const problems: string[] = [];
  let lost = 0;
  const first = Math.max(0, acked - slots);
  for (let sequence = first; sequence < acked; sequence++) {
    const problem = flawOf(image, runId, slots, sequence);
    if (problem === undefined) continue;
    lost++;
    if (problems.length < 10) problems.push(problem);
  }
  return { ok: lost === 0, slots, acked, checked: acked - first, lost, problems };
}

function slotsOf(image: Buffer, runId: bigint): number {
  if (image.length < BLOCK || image.readBigUInt64LE(0) !== HEADER_MAGIC || !isWhole(image, 0)) {
    throw new Error('the image has no header of the disk writer');
  }
  if (image.readBigUInt64LE(8) !== runId) {
    throw new Error(
      `the image was written by run ${image.readBigUInt64LE(8).toString(16)}, not ${runId.toString(16)}`,
    );
  }
  return Number(image.readBigUInt64LE(16));
}

/** Why the slot of an acknowledged block does not hold it or a later one. */
function flawOf(image: Buffer, runId: bigint, slots: number, sequence: number): string | undefined {
  const slot = sequence % slots;
  const at = (1 + slot) * BLOCK;
  const what = `block ${String(sequence)} (slot ${String(slot)}, byte ${String(at)})`;
  if (at + BLOCK > image.length) return `${what}: beyond the end of the image`;
  if (image.readBigUInt64LE(at) !== BLOCK_MAGIC) return `${what}: missing`;
  if (!isWhole(image, at)) return `${what}: its checksum is wrong`;
  if (image.readBigUInt64LE(at + 8) !== runId) return `${what}: of another run`;
  const found = Number(image.readBigUInt64LE(at + 16));
  if (found < sequence) return `${what}: an older one, ${String(found)}, is there`;
  if (found % slots !== slot || Number(image.readBigUInt64LE(at + 24)) !== slot) {
    return `${what}: block ${String(found)} is in the wrong place`;
  }
  return undefined;
}

/**
 * Whether the last word is the FNV-1a of the others, 64 bits by 64 bits as workload.c computes it. In two halves of 32
 * bits: the prime is 2^40 + 435, and half the time of BigInt would go into making numbers.
 */
function isWhole(image: Buffer, at: number): boolean {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let word = 0; word < WORDS - 1; word++) {
    low = (low ^ image.readUInt32LE(at + word * 8)) >>> 0;
    high = (high ^ image.readUInt32LE(at + word * 8 + 4)) >>> 0;
    const product = low * 435;
    high = (high * 435 + Math.floor(product / 0x100000000) + ((low << 8) >>> 0)) % 0x100000000;
    low = product % 0x100000000;
  }
  const sum = at + (WORDS - 1) * 8;
  return image.readUInt32LE(sum) === low && image.readUInt32LE(sum + 4) === high;
}
