import { postCopy, recover, set } from './change-run.ts';
import { check } from './check.ts';
import type { CliCommand } from './command.ts';
import { dirtyRate } from './dirty-rate.ts';
import { explain } from './explain.ts';
import { facts } from './facts.ts';
import { lsp } from './lsp.ts';
import { plan } from './plan.ts';
import { preflight } from './preflight.ts';
import { rules } from './rules.ts';
import { run } from './run.ts';
import { attach, cancel, runs } from './runs.ts';
import { tlsSetup } from './tls-setup.ts';
import { settings } from './settings.ts';

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [
  check,
  facts,
  preflight,
  dirtyRate,
  settings,
  plan,
  run,
  runs,
  attach,
  cancel,
  set,
  postCopy,
  recover,
  explain,
  rules,
  tlsSetup,
  lsp,
];
