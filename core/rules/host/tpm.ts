import type { Domain, Tpm } from '../../domain/domain.ts';

/** TPMs that swtpm emulates. */
export function emulatedTpms({ tpms }: Domain): readonly Tpm[] {
  return tpms.filter(({ backend }) => backend?.value === 'emulator');
}
