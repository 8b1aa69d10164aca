// Addresses of the pages on which one records, writes or uploads: for a team, as the answer to a round, instead of a draft.

export interface About {
  team: string | null;
  round_id?: string | null;
  replaces?: string | null;
}

export function answerLink(page: 'record' | 'write' | 'upload', about: About): string {
  const known = Object.entries(about).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return known.length === 0 ? `/${page}` : `/${page}?${new URLSearchParams(known).toString()}`;
}
