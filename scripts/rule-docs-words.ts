/** The words of the generated pages about rules, in both languages. */
export interface Words {
  readonly title: string;
  readonly intro: string;
  readonly groups: string;
  readonly head: readonly string[];
  readonly yes: string;
  readonly none: string;
  readonly explained: string;
  readonly explainedIntro: string;
  readonly explainedHead: readonly string[];
  readonly byRule: string;
  readonly silent: string;
  readonly notDone: string;
  readonly notDoneIntro: string;
  readonly notDoneHead: readonly string[];
  readonly byExplanation: string;
  readonly otherCodes: string;
  readonly onlyExplained: string;
  readonly says: string;
  readonly saysNothing: string;
  readonly remedy: string;
  /** Suffix of the pages in this language. */
  readonly suffix: string;
}

export const english: Words = {
  title: 'Rules',
  intro:
    'Every constraint that is checked, with its level, what it must know, and whether a quick fix exists. A rule whose facts are not known waits; it never guesses. Rules with “yes” under Alone are about the definition by itself: for domain XML that no migration refers to they tell as information what keeps the guest from moving. The level of a rule is set in the file: `rules: { host-vcpu-capacity: off }`; one finding is ignored by a comment with its reason, see [ignore-without-reason](ignore-without-reason.md). This page is generated.',
  groups:
    'Groups: A the migration manual of openEuler, B what libvirt refuses, C what QEMU refuses, D libvirt’s safety check and what it does not see, E copying of disks, F options that do not go together, G what the destination must have; – is our own.',
  head: ['Rule', 'Group', 'Level', 'What it demands', 'Facts', 'Alone', 'Fix', 'Since'],
  yes: 'yes',
  none: '–',
  explained: 'Explained when it happens',
  explainedIntro:
    'What libvirt, virsh or QEMU say of a failed migration is led back to its constraint: in the record of a run, at the line of the file, and by `livemigrate explain`.',
  explainedHead: ['Code', 'Text', 'What is behind it', 'Rule'],
  byRule: 'yes',
  silent: '(nothing is printed)',
  notDone: 'Constraints without a rule of their own',
  notDoneIntro:
    'Known constraints that no rule of that name checks, with what stands for them and why it is so.',
  notDoneHead: ['Constraint', 'Group', 'Stands for it', 'Why'],
  byExplanation: 'explanation',
  otherCodes: 'Codes that are no rules',
  onlyExplained:
    'No rule foresees this; it is explained when it happens: in the record of a run, at the line of the file that can mend it, and by `livemigrate explain`.',
  says: 'What is printed',
  saysNothing: 'libvirt prints nothing.',
  remedy: 'How to mend',
  suffix: '.md',
};

export const chinese: Words = {
  title: '规则',
  intro:
    '列出检查的每项约束、级别、所需事实以及是否有快速修复。事实未知的规则会等待，从不猜测。“单独”一列为“有”的规则只看虚拟机定义：对没有迁移文件引用的 domain XML，它们以提示信息说明什么会妨碍该虚拟机移动。规则级别在文件中设置：`rules: { host-vcpu-capacity: off }`；单个问题可用写明理由的注释忽略，见 [ignore-without-reason](ignore-without-reason.zh-cn.md)。本页由程序生成。',
  groups:
    '组：A openEuler 热迁移手册；B libvirt 拒绝的情况；C QEMU 拒绝的情况；D libvirt 的安全检查及其看不到的内容；E 磁盘复制；F 不能同用的选项；G 目的端必须具备的条件；– 为本工具自有规则。',
  head: ['规则', '组', '级别', '要求', '所需事实', '单独', '修复', '起始版本'],
  yes: '有',
  none: '–',
  explained: '发生时解释',
  explainedIntro:
    '迁移失败时 libvirt、virsh 或 QEMU 输出的文本会对应到具体约束：显示在运行记录中、文件的相应行上，也可用 `livemigrate explain` 查看。',
  explainedHead: ['代码', '文本', '原因', '规则'],
  byRule: '有',
  silent: '（没有输出）',
  notDone: '没有自己规则的约束',
  notDoneIntro: '没有同名规则检查的已知约束，以及由什么代替和原因。',
  notDoneHead: ['约束', '组', '代替', '原因'],
  byExplanation: '解释',
  otherCodes: '规则以外的代码',
  onlyExplained:
    '没有规则能事先发现此问题；发生时会加以解释：显示在运行记录中、可修复它的文件行上，也可用 `livemigrate explain` 查看。',
  says: '输出的文本',
  saysNothing: 'libvirt 没有任何输出。',
  remedy: '如何修复',
  suffix: '.zh-cn.md',
};
