// Updates in every state, made up: the page of components shows them.
import type { Update } from '$lib/api/types';

const AUTHOR = {
  id: '018f0000-0000-7000-8000-000000000001',
  display_name: 'Ananya Rao',
  time_zone: 'Asia/Kolkata',
  working_hours: { days: ['mo', 'tu', 'we', 'th', 'fr'], start: '09:00', end: '17:00' },
};

const BASE = {
  author: AUTHOR,
  audience: { kind: 'team' },
  body: '',
  body_html: '',
  can_edit: false,
  chapters: [],
  counts: { comments: 3, open_asks: 1, reactions: {} },
  created_at: '2026-11-18T08:05:00Z',
  duration_ms: 252_000,
  failure: null,
  kind: 'video',
  language: null,
  links: [],
  live: false,
  media: { poster_url: null },
  my_watch: { seen: false, seen_ratio: 0 },
  priority: 'normal',
  progress: { phase: 'transcoding', percent: 40 },
  publish: { state: 'published', at: null },
  published_at: '2026-11-18T08:05:00Z',
  status: 'ready',
  team_id: 'sample',
  title: 'The week in payments',
  transcript: { status: 'ready' },
  warnings: [],
};

const variants: Record<string, unknown>[] = [
  {},
  { title: 'Half watched', my_watch: { seen: false, seen_ratio: 0.4 } },
  { title: 'Seen', my_watch: { seen: true, seen_ratio: 1 } },
  { title: 'By voice', kind: 'voice' },
  { title: 'In writing', kind: 'text', duration_ms: null },
  { title: 'Being recorded', live: true, status: 'processing' },
  { title: 'Being uploaded', status: 'uploading', publish: { state: 'draft', at: null } },
  { title: 'Waiting for its file', status: 'awaiting_upload', publish: { state: 'draft', at: null } },
  { title: 'Being processed', status: 'processing' },
  { title: 'Transcript to come', status: 'playable', transcript: { status: 'running' } },
  {
    title: 'Failed',
    status: 'failed',
    failure: { code: 'damaged', detail: 'The file is damaged.' },
  },
  { title: 'Scheduled', publish: { state: 'scheduled', at: '2026-11-19T08:00:00Z' } },
  { title: 'Urgent', priority: 'urgent' },
  { title: 'A_very_long_title_without_a_blank_'.repeat(4) },
];

export const updates = variants.map(
  (variant, index) =>
    ({ ...BASE, id: `018f0000-0000-7000-8000-0000000001${index + 10}`, ...variant }) as unknown as Update,
);

export const people = [
  AUTHOR,
  { ...AUTHOR, id: 'ben', display_name: 'Ben Okafor', time_zone: 'Africa/Lagos' },
  { ...AUTHOR, id: 'cleo', display_name: 'Cleo', time_zone: 'America/Sao_Paulo' },
];
