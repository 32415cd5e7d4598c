import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { blockedFormat } from './image-format.ts';

export default defineRule({
  id: 'qemu-fmt-vdi',
  severity: 'error',
  summary: say('No disk of the guest is a VDI image.'),
  ...blockedFormat(['vdi'], 'vdi'),
});
