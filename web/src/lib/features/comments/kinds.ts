// The icon of each kind of comment.

import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import Milestone from '@lucide/svelte/icons/milestone';
import OctagonMinus from '@lucide/svelte/icons/octagon-minus';
import SquareCheckBig from '@lucide/svelte/icons/square-check-big';
import type { CommentKind } from './types';

export const KIND_ICONS: Record<CommentKind, typeof MessageCircle> = {
  comment: MessageCircle,
  question: CircleQuestionMark,
  decision: Milestone,
  action: SquareCheckBig,
  blocker: OctagonMinus,
};
