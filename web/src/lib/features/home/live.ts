// What happens in a workspace makes its lists load again; many events at once make it load once.
import { follow } from '$lib/api/events';

const CALM_MS = 400;

/** Calls `changed` after events of the workspace, until the returned function is called. */
export function onChanges(workspaceId: string, changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = follow('/events', { workspace_id: workspaceId }, (event) => {
    if (!/^(update|comment|transcript|round|reset|open)/.test(event.type)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, CALM_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
