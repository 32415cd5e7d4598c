import { say } from '../core/messages.ts';
import type { Message } from '../core/messages.ts';

/** What stands behind an option, and what it means. */
export interface OptionHelp {
  /** The word for its value, e.g. `FILE`; none for a switch. */
  readonly value?: string;
  readonly meaning: Message;
}

/** Help of an option wherever it has the same meaning; `COMMAND OPTION` where a command has its own. */
const help: Readonly<Record<string, OptionHelp>> = {
  help: { meaning: say('Show this help.') },
  lang: { value: 'en|zh-cn', meaning: say('Language of all texts.') },
  inventory: {
    value: 'FILE',
    meaning: say(
      'One more file of kind HostInventory; those beside and above the file come first.',
    ),
  },
  'ssh-config': { value: 'FILE', meaning: say('Read this instead of ~/.ssh/config.') },
  'ssh-transport': {
    value: 'auto|built-in|system',
    meaning: say(
      'The built-in ssh client, this machine’s own ssh, or the second where the first fails.',
    ),
  },
  format: { value: 'text|json', meaning: say('Form of the output.') },
  'check format': { value: 'text|json|sarif|gitlab', meaning: say('Form of the output.') },
  'plan format': { value: 'text|json|sh', meaning: say('Form of the output.') },
  'run format': {
    value: 'text|jsonl',
    meaning: say('Form of the output; jsonl is one event a line.'),
  },
  'attach format': {
    value: 'text|jsonl',
    meaning: say('Form of the output; jsonl is one event a line.'),
  },
  'recover format': {
    value: 'text|jsonl',
    meaning: say('Form of the output; jsonl is one event a line.'),
  },
  facts: {
    value: 'FILE',
    meaning: say('A snapshot that “livemigrate facts” wrote, to check against.'),
  },
  exclude: { value: 'GLOB', meaning: say('Leave out paths, folders or names.') },
  rule: {
    value: 'ID=LEVEL',
    meaning: say('Level of a rule: error, warning, info or off. What a file says itself wins.'),
  },
  'max-warnings': { value: 'N', meaning: say('More warnings than this end with code 1.') },
  baseline: { value: 'FILE', meaning: say('Findings that this file knows count no more.') },
  'write-baseline': { value: 'FILE', meaning: say('Write today’s findings as a baseline.') },
  fix: { meaning: say('Write the fixes that leave no choice into the files.') },
  stdin: { meaning: say('Check the text on standard input.') },
  'stdin-filename': {
    value: 'NAME',
    meaning: say('The name that the text on standard input has.'),
  },
  quiet: { meaning: say('No summary.') },
  output: { value: 'FILE', meaning: say('Write there instead of on standard output.') },
  path: { value: 'PATH', meaning: say('Also look at this file or folder on the hosts.') },
  'probe-storage': {
    meaning: say(
      'Prove shared folders by a file that is made on one host and looked for on the other.',
    ),
  },
  host: { value: 'HOST', meaning: say('The host that the domain runs on.') },
  samples: { value: 'N', meaning: say('Measurements; 5 unless told.') },
  'calc-time': { value: 'DURATION', meaning: say('Length of one measurement; 1s unless told.') },
  mode: {
    value: 'page-sampling|dirty-bitmap|dirty-ring',
    meaning: say('How QEMU measures; page-sampling unless told.'),
  },
  bandwidth: {
    value: 'RATE',
    meaning: say('Most that the migration sends, for example 200MiB/s.'),
  },
  'max-downtime': {
    value: 'DURATION',
    meaning: say('Longest pause of the guest, for example 300ms.'),
  },
  parameter: { value: 'NAME=VALUE', meaning: say('Set a migration parameter of QEMU.') },
  capability: { value: 'NAME=on|off', meaning: say('Switch a migration capability of QEMU.') },
  yes: { meaning: say('Do not ask; for pipelines.') },
  run: { value: 'ID', meaning: say('Explain this run.') },
  folder: {
    value: 'PATH',
    meaning: say('Where QEMU looks for certificates; /etc/pki/qemu unless told.'),
  },
  days: { value: 'N', meaning: say('Days that the certificates are valid; 825 unless told.') },
  prune: { meaning: say('Remove the records of runs that ended long ago; open runs stay.') },
  'runs days': { value: 'N', meaning: say('Days that a record is kept; 90 unless told.') },
  stdio: { meaning: say('Speak over standard input and output.') },
};

/** Undefined for an option that nobody has described. */
export function optionHelp(command: string, option: string): OptionHelp | undefined {
  return help[`${command} ${option}`] ?? help[option];
}
