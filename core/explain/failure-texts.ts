import { destinationTexts } from './destination-texts.ts';
import { devicesTexts } from './devices-texts.ts';
import type { FailureText } from './failure-text.ts';
import { jobsTexts } from './jobs-texts.ts';
import { optionsTexts } from './options-texts.ts';
import { stateTexts } from './state-texts.ts';
import { storageTexts } from './storage-texts.ts';

/**
 * Every text that is known, most telling first: one failure often brings several. libvirt 9.0 and
 * 11.3 with QEMU 7.2 and 10.0 as seen, libvirt 6.2 to 12 as read.
 */
export const failureTexts: readonly FailureText[] = [
  ...jobsTexts,
  ...storageTexts,
  ...devicesTexts,
  ...optionsTexts,
  ...destinationTexts,
  ...stateTexts,
];

/** Ids of what is explained when it happens. */
export const explainedCodes: ReadonlySet<string> = new Set(failureTexts.map(({ code }) => code));
