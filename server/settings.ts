import { say } from '../core/messages.ts';
import type { Message } from '../core/messages.ts';
import { unknownLevels } from '../core/rules/engine.ts';
import type { RuleLevel } from '../core/rules/levels.ts';

/** What the section `liveMigrate` of the settings, or the initialisation options, say. */
export interface Settings {
  readonly inventory: string | undefined;
  /** Whether descriptors are checked that nobody opened. */
  readonly validate: 'open' | 'workspace' | undefined;
  readonly levels: ReadonlyMap<string, RuleLevel> | undefined;
  /** What cannot be taken as it is, for the log. */
  readonly mistakes: readonly Message[];
}

const levels: readonly RuleLevel[] = ['error', 'warning', 'info', 'off'];

/** Takes what has the right type; everything else counts as absent. */
export function readSettings(value: unknown): Settings {
  const said = isRecord(value) ? value : {};
  const { inventory, validate, rules } = said;
  const mistakes: Message[] = [];
  const chosen = new Map<string, RuleLevel>();
  for (const [id, level] of isRecord(rules) ? Object.entries(rules) : []) {
    const known = levels.find((each) => each === level);
    if (known !== undefined) chosen.set(id, known);
    else mistakes.push(say('liveMigrate.rules: {0} is no level for {1}.', String(level), id));
  }
  mistakes.push(...unknownLevels(chosen).map(({ message }) => message));
  return {
    inventory: typeof inventory === 'string' && inventory !== '' ? inventory : undefined,
    validate: validate === 'open' || validate === 'workspace' ? validate : undefined,
    levels: isRecord(rules) ? chosen : undefined,
    mistakes,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
